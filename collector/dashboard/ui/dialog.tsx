import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { CloseIcon } from './icons.js';

type Props = {
  title: string;
  isOpen: boolean;
  onClose(): void;
  /** narrow: a form; wide: a table. */
  width?: 'narrow' | 'wide';
  /** Beside the title. */
  actions?: ComponentChildren;
  /** False where there is no way on without it. */
  isClosable?: boolean;
  children: ComponentChildren;
};

/** A dialog over the page. The browser keeps the focus in it and gives it back; Escape closes it. */
export function Dialog({ isOpen, ...props }: Props) {
  return isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({
  title,
  onClose,
  width = 'narrow',
  actions,
  isClosable = true,
  children,
}: Omit<Props, 'isOpen'>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before anything is drawn: a key that is pressed at once is the dialog's, not the page's.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  // A slip beside a form would lose what was typed.
  const closeOutside = ({ target }: MouseEvent) => {
    if (isClosable && target === dialog.current && !dialog.current?.querySelector('form')) onClose();
  };
  const cancel = (event: Event) => {
    event.preventDefault();
    if (isClosable) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key
    <dialog
      ref={dialog}
      class={`dialog ${width}`}
      aria-labelledby={titleId}
      onCancel={cancel}
      onClick={closeOutside}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {actions}
          {isClosable && (
            <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
              <CloseIcon />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
