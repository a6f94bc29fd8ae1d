import { useState } from 'preact/hooks';
import type { ApiError } from '../../../api/api-error.js';
import { toApiError } from '../../../api/client.js';

/** Does what changes something once at a time, and keeps why it failed. */
export function useSending() {
  const [error, setError] = useState<ApiError>();
  const [isSending, setSending] = useState(false);
  const [isDone, setDone] = useState(false);
  const run = (work: () => Promise<void>) => {
    setSending(true);
    setDone(false);
    setError(undefined);
    work()
      .then(() => setDone(true))
      .catch((reason: unknown) => setError(toApiError(reason)))
      .finally(() => setSending(false));
  };
  return { error, isSending, isDone, run };
}
