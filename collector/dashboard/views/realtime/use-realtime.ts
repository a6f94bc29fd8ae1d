import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../../api/api-error.js';
import { toApiError } from '../../api/client.js';
import { useReloads } from '../../api/reloads.js';
import { followStream, type StreamEvent } from '../../api/stream.js';

export type Listed = { value: string | null; visitors: number };

/** `now` of the stream: the last 30 minutes. */
export type Now = {
  current_visitors: number;
  visitors: number;
  pageviews: number;
  minutes: { minute: string; pageviews: number; visitors: number }[];
  pages: Listed[];
  sources: Listed[];
  countries: Listed[];
};

/** `hit` of the stream: a pageview or custom event. */
export type Hit = {
  id: string;
  occurred_at: string;
  type: string;
  name: string | null;
  path: string | null;
  referrer_source: string | null;
  country: string | null;
  city: string | null;
  device: string | null;
  browser: string | null;
};

export type Live = {
  now: Now | undefined;
  hits: readonly Hit[];
  isOpen: boolean;
  error: ApiError | undefined;
};

const shownHits = 50;
const nothing: Live = { now: undefined, hits: [], isOpen: false, error: undefined };

/** What happens on a site, while the component is on the page. */
export function useRealtime(site: string): Live {
  const [live, setLive] = useState(nothing);
  const reloads = useReloads();
  useEffect(() => {
    const ending = new AbortController();
    const change = (next: (old: Live) => Partial<Live>) => {
      if (!ending.signal.aborted) setLive((old) => ({ ...old, ...next(old) }));
    };
    setLive(nothing);
    followStream('/api/v1/realtime', {
      parameters: { site },
      signal: ending.signal,
      onEvent: (event) => change((old) => read(event, old)),
      onOpen: (isOpen) => change(() => ({ isOpen })),
    }).catch((error: unknown) => change(() => ({ error: toApiError(error) })));
    return () => ending.abort();
  }, [site, reloads]);
  return live;
}

function read({ event, data }: StreamEvent, { hits }: Live): Partial<Live> {
  if (event === 'now') return { now: JSON.parse(data) as Now };
  if (event !== 'hit') return {};
  const hit = JSON.parse(data) as Hit;
  return { hits: [hit, ...hits.filter(({ id }) => id !== hit.id)].slice(0, shownHits) };
}
