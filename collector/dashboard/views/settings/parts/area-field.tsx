import type { TextareaHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { type Common, describedBy, Frame } from '../../../ui/field.js';

/** A field of several lines. */
export function AreaField({
  label,
  hint,
  error,
  ...area
}: Common & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const common = { label, ...(hint !== undefined && { hint }), error };
  return (
    <Frame id={id} {...common}>
      <textarea id={id} class="input" {...describedBy(id, common)} {...area} />
    </Frame>
  );
}
