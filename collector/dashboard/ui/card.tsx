import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type Props = {
  title: string;
  /** At the end of the title's line. */
  actions?: ComponentChildren;
  footer?: ComponentChildren;
  /** More classes, e.g. `wide`. */
  kind?: string;
  /** The title is for screen readers alone. */
  hidesTitle?: boolean;
  children: ComponentChildren;
};

/** A part of the page with a title. */
export function Card({ title, actions, footer, kind = '', hidesTitle = false, children }: Props) {
  const titleId = useId();
  return (
    <section class={`card ${kind}`} aria-labelledby={titleId}>
      <header class="card-head">
        <h2 id={titleId} class={hidesTitle ? 'unseen' : ''}>
          {title}
        </h2>
        {actions}
      </header>
      <div class="card-body">{children}</div>
      {footer && <footer class="card-foot">{footer}</footer>}
    </section>
  );
}
