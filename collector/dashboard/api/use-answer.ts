import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from './api-error.js';
import { toApiError } from './client.js';
import { useReloads } from './reloads.js';

const slowMs = 4_000;

/** What is known of an answer: the last one stays while the next is on its way, so that nothing jumps. */
export type Asked<Answer> = {
  answer: Answer | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  /** It has taken longer than anybody expects. */
  isSlow: boolean;
  /** Asks again. */
  retry(): void;
};

/** With the question that it is the state of. */
type State<Answer> = Omit<Asked<Answer>, 'retry'> & { question: string };

const asking = { error: undefined, isLoading: true, isSlow: false };

/**
 * Asks whenever the key changes, and ends the request before. The key has to say all that the question depends on;
 * null asks nothing.
 */
export function useAnswer<Answer>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Asked<Answer> {
  const [state, setState] = useState<State<Answer>>({ ...asking, answer: undefined, question: '' });
  const [tries, setTries] = useState(0);
  const reloads = useReloads();
  const question = `${key} ${tries} ${reloads}`;
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (key === null) return;
    const ending = new AbortController();
    const change = (next: Partial<State<Answer>>) => {
      if (!ending.signal.aborted) setState((old) => ({ ...old, ...next }));
    };
    change({ ...asking, question });
    const timer = setTimeout(() => change({ isSlow: true }), slowMs);
    latest
      .current(ending.signal)
      .then((answer) => change({ answer, error: undefined }))
      .catch((error: unknown) => change({ error: toApiError(error) }))
      .finally(() => {
        clearTimeout(timer);
        change({ isLoading: false, isSlow: false });
      });
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [key, question]);
  const { question: asked, ...known } = state;
  // Until the effect has run, what is known answers the question before.
  const isLoading = known.isLoading || (key !== null && asked !== question);
  return { ...known, isLoading, retry: () => setTries((count) => count + 1) };
}
