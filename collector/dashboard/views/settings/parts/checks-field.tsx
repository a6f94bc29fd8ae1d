import { useId } from 'preact/hooks';
import type { Common } from '../../../ui/field.js';

type Props = Common & {
  options: readonly { value: string; title: string }[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
};

/** Boxes to tick, any number of them. */
export function ChecksField({ label, hint, error, options, chosen, onChange }: Props) {
  const noteId = useId();
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset class="field checks" aria-describedby={noteId}>
      <legend>{label}</legend>
      <div class="checks-list">
        {options.map(({ value, title }) => (
          <label key={value} class="check">
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
            <bdi>{title}</bdi>
          </label>
        ))}
      </div>
      <div id={noteId}>
        {hint && <p class="hint">{hint}</p>}
        {error && (
          <p class="field-error" role="alert">
            {error}
          </p>
        )}
      </div>
    </fieldset>
  );
}
