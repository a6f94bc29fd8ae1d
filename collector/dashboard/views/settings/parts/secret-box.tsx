import type { ComponentChildren } from 'preact';
import { Snippet } from '../../../ui/snippet.js';

type Props = {
  /** What it is and what becomes of it. */
  text: string;
  secret: string;
  onDone(): void;
  children?: ComponentChildren;
};

/** What is shown once: a secret or a link, to be copied now. */
export function SecretBox({ text, secret, onDone, children }: Props) {
  return (
    <div class="form secret">
      <p class="notice" role="status">
        <b>Copy it now: it is not shown again.</b>
        {text}
      </p>
      <Snippet text={secret} />
      {children}
      <div class="form-buttons">
        <button type="button" class="button primary" onClick={onDone}>
          I have copied it
        </button>
      </div>
    </div>
  );
}
