import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../../../api/api-error.js';
import { CheckField, FormError, SelectField, TextField } from '../../../ui/field.js';
import { AreaField } from './area-field.js';
import { ChecksField } from './checks-field.js';
import {
  type Draft,
  entriesOf,
  errorOf,
  type Field,
  shownFields,
  textOf,
  toBody,
  toDraft,
  type Values,
} from './fields.js';
import { useSending } from './use-sending.js';

type Props = {
  fields: readonly Field[];
  /** What the form begins with, as the API has it. */
  record?: object;
  /** In which local times are read. */
  timezone: string;
  /** What the button says. */
  button: string;
  isDanger?: boolean;
  /** What is said once it is done, where the form stays. */
  done?: string;
  /** Sends the body; what it throws is shown at the field that it names. */
  onSubmit(body: Values, draft: Draft): Promise<void>;
  children?: ComponentChildren;
};

/** A form of a list of fields. What is typed stays, whatever the request comes to. */
export function RecordForm(props: Props) {
  const { fields, record, timezone, button, isDanger, done, onSubmit, children } = props;
  const [draft, setDraft] = useState(() => toDraft(fields, record));
  const { error, isSending, isDone, run } = useSending();
  const shown = shownFields(fields, draft);
  const isPlaced = shown.some((field) => errorOf(field, error) !== undefined);
  const form = useFocusOnError(error);
  return (
    <form
      class="form"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        run(() => onSubmit(toBody(fields, draft, timezone), draft));
      }}
    >
      {error && !isPlaced && <FormError message={error.message} hint={error.hint} />}
      {shown.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          draft={draft}
          error={errorOf(field, error)}
          onChange={(value) => setDraft((old) => ({ ...old, [field.name]: value }))}
        />
      ))}
      {children}
      <div class="form-buttons">
        <button type="submit" class={isDanger ? 'button danger' : 'button primary'} disabled={isSending}>
          {button}
        </button>
        {done !== undefined && (
          <span class="is-received" role="status">
            {isDone && done}
          </span>
        )}
      </div>
    </form>
  );
}

/** Brings the keyboard to the first field that is wrong. */
function useFocusOnError(error: ApiError | undefined) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [error]);
  return form;
}

type InputProps = {
  field: Field;
  draft: Draft;
  error: string | undefined;
  onChange(value: Draft[string]): void;
};

function FieldInput({ field, draft, error, onChange }: InputProps) {
  const { kind, label, hint, options = [] } = field;
  const common = { label, error, ...(hint !== undefined && { hint }) };
  if (kind === 'check')
    return (
      <CheckField
        label={label}
        name={field.name}
        checked={draft[field.name] === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (kind === 'checks')
    return (
      <ChecksField {...common} options={options} chosen={entriesOf(draft, field.name)} onChange={onChange} />
    );
  if (kind === 'choice')
    return (
      <SelectField
        {...common}
        name={field.name}
        options={options}
        value={textOf(draft, field.name)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return <TextInput field={field} text={textOf(draft, field.name)} common={common} onChange={onChange} />;
}

const inputTypes = {
  text: { type: 'text' },
  email: { type: 'email' },
  password: { type: 'password' },
  number: { type: 'number' },
  moment: { type: 'datetime-local' },
} as const;

function isOneLine(kind: string): kind is keyof typeof inputTypes {
  return kind in inputTypes;
}

type TextProps = Pick<InputProps, 'field' | 'onChange'> & {
  text: string;
  common: { label: string; hint?: string; error: string | undefined };
};

function TextInput({ field, text, common, onChange }: TextProps) {
  const { kind, isRequired = false, placeholder, min, max, step } = field;
  const shared = {
    ...common,
    name: field.name,
    value: text,
    required: isRequired,
    spellcheck: false,
    autocomplete: kind === 'password' ? 'new-password' : 'off',
    ...(placeholder !== undefined && { placeholder }),
  } as const;
  if (!isOneLine(kind))
    return <AreaField {...shared} onInput={(event) => onChange(event.currentTarget.value)} />;
  return (
    <TextField
      {...shared}
      {...inputTypes[kind]}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      {...(kind === 'number' && { step: step ?? 1 })}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}
