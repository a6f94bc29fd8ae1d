import { useEffect, useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { askQuery } from '../../api/query.js';
import { reloadAll } from '../../api/reloads.js';
import { useAnswer } from '../../api/use-answer.js';
import { mayManage, useSession } from '../../session/session.js';
import type { Scope, Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';

const intervalMs = 3_000;

type Settings = { siteKeys: { siteKey: string }[] };

/** Whether a site has no event at all; asked only where the period has none. */
export function useIsEmpty({ site, filters }: Scope, visitors: number | undefined): boolean {
  const isAsked = visitors === 0 && filters.length === 0;
  const body = JSON.stringify({ site_id: site.site, metrics: ['visitors'], date_range: 'all' });
  const { answer } = useAnswer(isAsked ? body : null, (signal) => askQuery(body, signal));
  return isAsked && answer?.results[0]?.metrics[0] === 0;
}

/** What to do for the first event, and that it has come. */
export function EmptySite({ site }: { site: Site }) {
  const session = useSession();
  const mayRead = mayManage(session);
  const { answer } = useAnswer(mayRead ? site.site : null, (signal) =>
    request<Settings>(`/api/v1/sites/${site.site}`, { signal }),
  );
  useFirstEvent(site);
  const key = answer?.siteKeys.at(-1)?.siteKey;
  return (
    <Card title="Waiting for the first visit">
      <div class="empty-site">
        <p>Paste this into the head of every page of {site.name}, then open one of them.</p>
        <Snippet
          text={`<script defer src="${location.origin}/sdk.js" data-site="${key ?? 'YOUR_SITE_KEY'}"></script>`}
        />
        {key === undefined && (
          <p class="hint">
            YOUR_SITE_KEY stands for the public key of the site. Owners and admins find it in the settings; on
            the server, <code>npx footfall site list</code> prints it.
          </p>
        )}
        <p class="current" role="status">
          <span class="pulse is-live" aria-hidden="true" />
          Listening. The numbers show up here by themselves.
        </p>
      </div>
    </Card>
  );
}

function useFirstEvent({ site }: Site): void {
  const [beat, setBeat] = useState(0);
  const { answer } = useAnswer(`${site} ${beat}`, (signal) =>
    request<{ visitors: number }>('/api/v1/realtime', { parameters: { site }, signal }),
  );
  const hasCome = (answer?.visitors ?? 0) > 0;
  useEffect(() => {
    if (hasCome) reloadAll();
    const timer = setInterval(() => setBeat((count) => count + 1), intervalMs);
    return () => clearInterval(timer);
  }, [hasCome]);
}
