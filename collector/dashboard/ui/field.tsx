import type { ComponentChildren, InputHTMLAttributes, SelectHTMLAttributes, TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';

/** What every field has beside its input. */
export type Common = { label: string; hint?: string; error?: string | undefined };

/** The label of an input, a hint and what is wrong with it. */
export function Frame({
  id,
  label,
  hint,
  error,
  children,
}: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** The attributes by which an input names its hint and its error. */
export function describedBy(
  id: string,
  { hint, error }: Common,
): { 'aria-describedby'?: string; 'aria-invalid'?: true } {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return { ...(ids && { 'aria-describedby': ids }), ...(error && { 'aria-invalid': true }) };
}

/** A text field with its label, a hint and what is wrong with it. */
export function TextField({ label, hint, error, ...input }: Common & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const common = { label, ...(hint !== undefined && { hint }), error };
  return (
    <Frame id={id} {...common}>
      <input id={id} class="input" {...describedBy(id, common)} {...input} />
    </Frame>
  );
}

/** A choice among options. */
export function SelectField({
  label,
  hint,
  error,
  options,
  ...select
}: Common &
  SelectHTMLAttributes<HTMLSelectElement> & { options: readonly { value: string; title: string }[] }) {
  const id = useId();
  const common = { label, ...(hint !== undefined && { hint }), error };
  return (
    <Frame id={id} {...common}>
      <select id={id} class="input" {...describedBy(id, common)} {...select}>
        {options.map(({ value, title }) => (
          <option key={value} value={value} selected={value === select.value}>
            {title}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type CheckProps = {
  label: string;
  checked?: boolean;
  disabled?: boolean;
  name?: string;
  onChange?(event: TargetedEvent<HTMLInputElement>): void;
};

/** A box to tick, its label behind it. */
export function CheckField({ label, ...input }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}

/** What a form says above its button when it could not be sent. */
export function FormError({ message, hint }: { message: string | undefined; hint?: string | undefined }) {
  if (message === undefined) return null;
  return (
    <div class="form-error" role="alert">
      <p>{message}</p>
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}
