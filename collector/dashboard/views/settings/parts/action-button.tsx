import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { reloadAll } from '../../../api/reloads.js';
import { Dialog } from '../../../ui/dialog.js';
import { FormError } from '../../../ui/field.js';
import { useSending } from './use-sending.js';

/** What a dialog ends with. */
export type Ending = {
  /** Closes it, and has the page asked again. */
  done(): void;
  /** Shows what came of it in place of the form: the dialog closes by `done` alone. */
  show(result: ComponentChildren): void;
};

type Props = {
  title: string;
  /** What it is done to, beside the title for screen readers and over the dialog. */
  of?: string;
  /** More classes of the button. */
  kind?: string;
  width?: 'narrow' | 'wide';
  children(ending: Ending): ComponentChildren;
};

/** A button that opens a dialog. */
export function ActionButton({ title, of, kind = 'small', width = 'narrow', children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [result, setResult] = useState<ComponentChildren>();
  const name = of === undefined ? title : `${title}: ${of}`;
  const done = () => {
    setOpen(false);
    setResult(undefined);
    reloadAll();
  };
  return (
    <>
      <button type="button" class={`button ${kind}`} aria-label={name} onClick={() => setOpen(true)}>
        {title}
      </button>
      <Dialog
        title={name}
        isOpen={isOpen}
        width={width}
        isClosable={result === undefined}
        onClose={() => setOpen(false)}
      >
        {result ?? children({ done, show: setResult })}
      </Dialog>
    </>
  );
}

type ConfirmProps = {
  /** What will happen. */
  text: string;
  button: string;
  isDanger?: boolean;
  run(): Promise<void>;
};

/** Asks before something is done that cannot be taken back. */
export function ConfirmForm({ text, button, isDanger = true, run }: ConfirmProps) {
  const sending = useSending();
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        sending.run(run);
      }}
    >
      <p>{text}</p>
      <FormError message={sending.error?.message} hint={sending.error?.hint} />
      <div class="form-buttons">
        <button
          type="submit"
          class={isDanger ? 'button danger' : 'button primary'}
          disabled={sending.isSending}
        >
          {button}
        </button>
      </div>
    </form>
  );
}
