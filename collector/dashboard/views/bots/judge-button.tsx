import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/api-error.js';
import { request, toApiError } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/field.js';

type Props = { site: string; reason: string /** What they are to be from now on. */; isHuman: boolean };

/** Says of a reason that its clients are people, or bots after all; asks first, for it changes numbers of the past. */
export function JudgeButton({ site, reason, isHuman }: Props) {
  const [isOpen, setOpen] = useState(false);
  const title = isHuman ? 'Count as people' : 'Count as bots again';
  return (
    <>
      <button type="button" class="button small" onClick={() => setOpen(true)}>
        {title}
        <span class="unseen">: {reason}</span>
      </button>
      <Dialog title={`${title}?`} isOpen={isOpen} onClose={() => setOpen(false)}>
        <JudgeForm
          site={site}
          reason={reason}
          isHuman={isHuman}
          title={title}
          onDone={() => setOpen(false)}
        />
      </Dialog>
    </>
  );
}

function JudgeForm({ site, reason, isHuman, title, onDone }: Props & { title: string; onDone(): void }) {
  const [error, setError] = useState<ApiError>();
  const [isSending, setSending] = useState(false);
  const judge = async () => {
    setSending(true);
    try {
      await request('/api/v1/bot-reasons', { method: 'PUT', body: { site, reason, isHuman } });
      onDone();
      reloadAll();
    } catch (failure) {
      setError(toApiError(failure));
      setSending(false);
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void judge();
      }}
    >
      <FormError message={error?.message} hint={error?.hint} />
      <p>
        <bdi>
          <b>{reason}</b>
        </bdi>
        : every stored event of these clients, and those to come, {isHuman ? 'count' : 'no longer count'} in
        all numbers of this site. You can take it back.
      </p>
      <button type="submit" class="button primary" disabled={isSending}>
        {isSending ? 'Counting again…' : title}
      </button>
    </form>
  );
}
