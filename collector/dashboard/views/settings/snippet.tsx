import { useEffect, useState } from 'preact/hooks';
import { askQuery } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { useReport } from '../../api/use-report.js';
import { formatFull } from '../../format/numbers.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import type { SiteSettings } from './site.js';

const intervalMs = 3_000;

/** What to paste into the pages of the site, and whether its events arrive. */
export default function SnippetSection({ scope: { site } }: ViewProps) {
  const asked = useReport<SiteSettings>(`sites/${site.site}`, {});
  return (
    <Card title="Snippet">
      <p class="lead">Paste this into the head of every page of {site.name}, then open one of them.</p>
      <Answered asked={asked}>
        {({ siteKeys, allowedOrigins }) => (
          <>
            {allowedOrigins.length === 0 && (
              <p class="notice">
                <b>No origin is allowed</b>
                What pages of the internet send is refused: add their origin under "Site".
              </p>
            )}
            <Snippet
              text={`<script defer src="${location.origin}/sdk.js" data-site="${siteKeys.at(-1)?.siteKey ?? ''}"></script>`}
            />
          </>
        )}
      </Answered>
      <FirstEvent site={site} />
    </Card>
  );
}

/** Asks until the first event is there. */
function FirstEvent({ site }: { site: Site }) {
  const [beat, setBeat] = useState(0);
  const body = JSON.stringify({ site_id: site.site, metrics: ['events'], date_range: 'all' });
  const { answer } = useAnswer(`${body} ${beat}`, (signal) => askQuery(body, signal));
  const events = answer?.results[0]?.metrics[0];
  const hasCome = typeof events === 'number' && events > 0;
  useEffect(() => {
    if (hasCome) return;
    const timer = setInterval(() => setBeat((count) => count + 1), intervalMs);
    return () => clearInterval(timer);
  }, [hasCome]);
  return (
    <p class="current first-event" role="status">
      {answer === undefined ? null : hasCome ? (
        <span class="is-received">Events arrive: {formatFull(events, 'count')} so far.</span>
      ) : (
        <>
          <span class="pulse is-live" aria-hidden="true" />
          Waiting for the first event. It shows up here by itself.
        </>
      )}
    </p>
  );
}
