import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/api-error.js';
import { request, toApiError } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { mayManage, useSession } from '../../session/session.js';
import { addressWith, follow, go } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError, TextField } from '../../ui/field.js';
import { type FunnelQuestion, funnelChange, type SavedFunnel } from './funnel-question.js';

const nothing = { steps: null, window: null, order: null, unit: null, breakdown: null };

/** Whether a saved funnel is the one that is shown, broken down or not. */
function isShown({ parameters }: SavedFunnel, question: FunnelQuestion | undefined): boolean {
  if (!question) return false;
  const write = (one: FunnelQuestion) => JSON.stringify(funnelChange({ ...one, breakdown: undefined }));
  return write(parameters) === write(question);
}

type ListProps = { saved: readonly SavedFunnel[]; question: FunnelQuestion | undefined };

/** The saved funnels as links, and one to a new funnel. */
export function SavedFunnels({ saved, question }: ListProps) {
  if (saved.length === 0) return null;
  return (
    <nav class="segmented-links" aria-label="Saved funnels">
      {saved.map((funnel) => {
        const change = funnelChange(funnel.parameters);
        return (
          <a
            key={funnel.id}
            href={addressWith(change)}
            aria-current={isShown(funnel, question) ? 'true' : undefined}
            onClick={(event) => follow(event, change)}
          >
            <bdi>{funnel.name}</bdi>
          </a>
        );
      })}
      <a href={addressWith(nothing)} onClick={(event) => follow(event, nothing)}>
        New funnel
      </a>
    </nav>
  );
}

type Props = { scope: Scope; saved: readonly SavedFunnel[]; question: FunnelQuestion };

/** Keeps the funnel that is shown under a name, or deletes it: for those who may change the site. */
export function FunnelKeeper({ scope, saved, question }: Props) {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const shown = saved.find((funnel) => isShown(funnel, question));
  if (!mayManage(session)) return null;
  return (
    <>
      <button type="button" class="button small" onClick={() => setOpen(true)}>
        {shown ? 'Delete' : 'Save'}
      </button>
      <Dialog
        title={shown ? `Delete ${shown.name}?` : 'Save the funnel'}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        <KeeperForm scope={scope} question={question} shown={shown} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

type FormProps = { scope: Scope; question: FunnelQuestion; shown: SavedFunnel | undefined; onDone(): void };

function KeeperForm({ scope: { site }, question, shown, onDone }: FormProps) {
  const [name, setName] = useState('');
  const [error, setError] = useState<ApiError>();
  const work = shown ? () => remove(site.site, shown.id) : () => save(site.site, name, question);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        work().then(
          () => {
            onDone();
            reloadAll();
          },
          (reason: unknown) => setError(toApiError(reason)),
        );
      }}
    >
      <FormError message={error?.message} hint={error?.hint} />
      {shown ? (
        <p>Others who use it no longer find it in the list. Its events stay.</p>
      ) : (
        <TextField
          label="Name"
          required
          maxLength={200}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      )}
      <button type="submit" class={shown ? 'button danger' : 'button primary'}>
        {shown ? 'Delete' : 'Save'}
      </button>
    </form>
  );
}

async function save(site: string, name: string, { breakdown, ...rest }: FunnelQuestion): Promise<void> {
  const parameters = { ...rest, ...(breakdown !== undefined && { breakdown }) };
  await request('/api/v1/saved-funnels', { method: 'POST', body: { site, name, parameters } });
}

async function remove(site: string, id: string): Promise<void> {
  const parameters = { site };
  await request(`/api/v1/saved-funnels/${encodeURIComponent(id)}`, { method: 'DELETE', parameters });
  go(nothing, { replace: true });
}
