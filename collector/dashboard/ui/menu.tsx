import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { DownIcon } from './icons.js';

type Props = {
  /** What the button chooses, for screen readers; the face shows what is chosen. */
  title: string;
  face: ComponentChildren;
  kind?: string;
  /** Draws what is in the menu. */
  children(close: () => void): ComponentChildren;
};

const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** A button that opens a panel below it. Arrows walk through it, Escape and a click outside close it. */
export function Menu({ title, face, kind = '', children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useOutside(root, isOpen, () => setOpen(false));
  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      close();
    }
    const step = steps[event.key];
    if (step === undefined || !isOpen || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    moveFocus(root.current, step);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of what is inside
    <div class={`menu ${kind}`} ref={root} onKeyDown={walk}>
      <button
        type="button"
        class="button menu-button"
        ref={button}
        aria-expanded={isOpen}
        aria-controls={panelId}
        aria-label={typeof face === 'string' ? `${title}: ${face}` : title}
        onClick={() => setOpen(!isOpen)}
      >
        <span class="menu-face">{face}</span>
        <DownIcon />
      </button>
      <div class="menu-panel" id={panelId} hidden={!isOpen}>
        {isOpen && children(close)}
      </div>
    </div>
  );
}

function moveFocus(root: HTMLElement | null, step: number): void {
  const items = [
    ...(root?.querySelectorAll<HTMLElement>('.menu-panel a, .menu-panel button, .menu-panel input') ?? []),
  ];
  const at = items.findIndex((item) => item.matches(':focus'));
  const next = at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length;
  items[next]?.focus();
}

function useOutside(root: { current: HTMLElement | null }, isOpen: boolean, onOutside: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const look = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) onOutside();
    };
    addEventListener('pointerdown', look);
    addEventListener('focusin', look);
    return () => {
      removeEventListener('pointerdown', look);
      removeEventListener('focusin', look);
    };
  }, [isOpen]);
}
