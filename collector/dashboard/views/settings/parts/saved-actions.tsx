import type { ComponentChildren } from 'preact';
import { request } from '../../../api/client.js';
import { ActionButton, ConfirmForm } from './action-button.js';

type Props = {
  /** `/api/v1/…/{id}` */
  path: string;
  site: string;
  name: string;
  /** What becomes of it. */
  text: string;
};

/** Deletes one of the things that a site has. */
export function DeleteButton({ path, site, name, text }: Props) {
  return (
    <ActionButton title="Delete" of={name}>
      {({ done }) => (
        <ConfirmForm
          text={text}
          button="Delete"
          run={() => request<void>(path, { method: 'DELETE', parameters: { site } }).then(done)}
        />
      )}
    </ActionButton>
  );
}

/** Changes one of the things that a site has. */
export function EditButton({
  name,
  children,
}: {
  name: string;
  children(done: () => void): ComponentChildren;
}) {
  return (
    <ActionButton title="Edit" of={name}>
      {({ done }) => children(done)}
    </ActionButton>
  );
}
