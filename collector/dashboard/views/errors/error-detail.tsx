import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/api-error.js';
import { request, toApiError } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { formatFull } from '../../format/numbers.js';
import { mayManage, useSession } from '../../session/session.js';
import { addressWith, follow } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { OutsideLink } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { FormError } from '../../ui/field.js';
import { Answered } from '../../ui/states.js';
import { type Bug, type BugState, type Frame, nameBug, placeOf, StateBadge } from './bug.js';

/** A frame in the original source, where the source map of its release was uploaded. */
type OriginalFrame = Frame & { source: string | null; text: string | null };
type Sample = {
  event_id: string;
  occurred_at: string;
  visitor_id: string | null;
  session_id: string | null;
  url: string | null;
  release: string | null;
  browser: string | null;
  browser_version: string | null;
  os: string | null;
};
type Detail = Bug & { frames: OriginalFrame[]; samples: Sample[]; sample_stack: string | null };

const back = { error: null };

/** One bug: what and where, how often, and who met it. */
export function ErrorDetail({ scope, id }: { scope: Scope; id: string }) {
  const asked = useReport<Detail>(`errors/${encodeURIComponent(id)}`, reportParameters(scope));
  return (
    <div class="view-stack">
      <a class="back-link" href={addressWith(back)} onClick={(event) => follow(event, back)}>
        All errors
      </a>
      <Answered asked={asked}>
        {(bug) => (
          <div class="view-stack">
            <Summary bug={bug} scope={scope} />
            <StackCard bug={bug} />
            <Samples samples={bug.samples} scope={scope} />
          </div>
        )}
      </Answered>
    </div>
  );
}

function Summary({ bug, scope: { site } }: { bug: Detail; scope: Scope }) {
  const counts = { Times: bug.occurrences, Sessions: bug.sessions, Visitors: bug.visitors };
  const moments = { 'First seen': bug.first_seen, 'Last seen': bug.last_seen };
  return (
    <Card title={bug.type ?? 'Error'} actions={<Decisions bug={bug} site={site.site} />}>
      <p class="error-message">
        <bdi>{bug.message ?? nameBug(bug)}</bdi> <StateBadge state={bug.state} />
      </p>
      <p class="row-note">
        <bdi>{placeOf(bug)}</bdi>
      </p>
      <dl class="figures error-figures">
        {Object.entries(counts).map(([title, value]) => (
          <div key={title} class="figure">
            <dt>{title}</dt>
            <dd data-count={title}>{formatFull(value, 'count')}</dd>
          </div>
        ))}
        {Object.entries(moments).map(([title, at]) => (
          <div key={title} class="figure is-text">
            <dt>{title}</dt>
            <dd>{formatMoment(at, site.timezone)}</dd>
          </div>
        ))}
        <TextFigure title="Releases" values={bug.releases} />
        <TextFigure title="Browsers" values={bug.browsers} />
      </dl>
    </Card>
  );
}

function TextFigure({ title, values }: { title: string; values: readonly string[] }) {
  if (values.length === 0) return null;
  return (
    <div class="figure is-text">
      <dt>{title}</dt>
      <dd>
        <bdi>{values.join(', ')}</bdi>
      </dd>
    </div>
  );
}

const decisions: Record<'resolved' | 'ignored' | 'open', string> = {
  resolved: 'Resolve',
  ignored: 'Ignore',
  open: 'Reopen',
};

function choicesFor(state: BugState): (keyof typeof decisions)[] {
  return state === 'open' || state === 'regressed' ? ['resolved', 'ignored'] : ['open'];
}

function Decisions({ bug, site }: { bug: Bug; site: string }) {
  const session = useSession();
  const [error, setError] = useState<ApiError>();
  if (!mayManage(session)) return null;
  const decide = (state: string) =>
    request(`/api/v1/errors/${encodeURIComponent(bug.id)}`, { method: 'PATCH', body: { site, state } }).then(
      reloadAll,
      (reason: unknown) => setError(toApiError(reason)),
    );
  return (
    <div class="view-tools">
      <FormError message={error?.message} hint={error?.hint} />
      {choicesFor(bug.state).map((state, at) => (
        <button
          key={state}
          type="button"
          class={at === 0 ? 'button primary small' : 'button small'}
          onClick={() => void decide(state)}
        >
          {decisions[state]}
        </button>
      ))}
    </div>
  );
}

function StackCard({ bug: { frames, sample_stack } }: { bug: Detail }) {
  const isMapped = frames.some(({ source }) => source !== null);
  return (
    <Card title="Stack">
      {!isMapped && (
        <p class="row-note stack-hint">
          These are the lines that the browser ran. For the original ones:{' '}
          <code>footfall sourcemaps upload dist --site … --release …</code>
        </p>
      )}
      <ol class="stack">
        {frames.map((frame, at) => (
          <FrameLine key={at} frame={frame} isFirst={at === 0} />
        ))}
      </ol>
      {sample_stack && (
        <details class="raw-stack">
          <summary>As it was sent</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
          <pre tabIndex={0}>{sample_stack}</pre>
        </details>
      )}
    </Card>
  );
}

function FrameLine({ frame, isFirst }: { frame: OriginalFrame; isFirst: boolean }) {
  const place = [frame.source ?? frame.file, frame.line, frame.column]
    .filter((part) => part !== null)
    .join(':');
  return (
    <li class={isFirst ? 'frame is-first' : 'frame'}>
      <p>
        <b>
          <bdi>{frame.func ?? '(anonymous)'}</bdi>
        </b>{' '}
        <bdi class="frame-place">{place || 'unknown place'}</bdi>
      </p>
      {frame.text !== null && (
        <pre class="frame-line">
          <span class="frame-number">{frame.line}</span>
          <code>{frame.text}</code>
        </pre>
      )}
    </li>
  );
}

function Samples({ samples, scope: { site } }: { samples: readonly Sample[]; scope: Scope }) {
  return (
    <Card title="Last seen by">
      <table class="list-table is-stacked">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Page</th>
            <th scope="col">Browser</th>
            <th scope="col">Release</th>
            <th scope="col">Visitor</th>
          </tr>
        </thead>
        <tbody>
          {samples.map((sample) => (
            <tr key={sample.event_id}>
              <th scope="row">{formatMoment(sample.occurred_at, site.timezone)}</th>
              <td class="sample-page">
                <bdi>{sample.url ?? '–'}</bdi>
                {sample.url && <OutsideLink address={sample.url} />}
              </td>
              <td>
                <bdi>{[sample.browser, sample.browser_version].filter(Boolean).join(' ') || '–'}</bdi>
                {sample.os && (
                  <span class="row-note">
                    {' '}
                    <bdi>{sample.os}</bdi>
                  </span>
                )}
              </td>
              <td>
                <bdi>{sample.release ?? '–'}</bdi>
              </td>
              <td>{sample.visitor_id ? <VisitorLink id={sample.visitor_id} /> : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function VisitorLink({ id }: { id: string }) {
  const change = { view: 'visitor', visitor: id, error: null };
  return (
    <a class="row-title" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      What they did
    </a>
  );
}
