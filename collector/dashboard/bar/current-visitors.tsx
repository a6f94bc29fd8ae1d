import { useEffect, useState } from 'preact/hooks';
import { request } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { formatShort } from '../format/numbers.js';
import type { Scope } from '../state/scope.js';

const intervalMs = 15_000;

/** Who is on the site now, asked again while the page is seen. */
export function CurrentVisitors({ scope: { site } }: { scope: Scope }) {
  const beat = useBeat();
  const { answer } = useAnswer(`${site.site} ${beat}`, (signal) =>
    request<{ current_visitors: number }>('/api/v1/realtime', { parameters: { site: site.site }, signal }),
  );
  const count = answer?.current_visitors;
  return (
    <p class="current" title="Distinct visitors with an event in the last 5 minutes">
      <span class={count ? 'pulse is-live' : 'pulse'} aria-hidden="true" />
      <span class="current-text" data-current>
        {count === undefined ? ' ' : `${formatShort(count, 'count')} now`}
      </span>
    </p>
  );
}

function useBeat(): number {
  const [beat, setBeat] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setBeat((count) => count + 1);
    }, intervalMs);
    return () => clearInterval(timer);
  }, []);
  return beat;
}
