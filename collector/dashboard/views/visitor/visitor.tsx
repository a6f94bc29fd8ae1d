import '../report.css';
import './visitor.css';
import { useState } from 'preact/hooks';
import { useReport } from '../../api/use-report.js';
import { formatMoment, formatTime } from '../../format/dates.js';
import { nameValue } from '../../format/names.js';
import { formatDuration, formatFull } from '../../format/numbers.js';
import { addressWith, follow, go, useParameter } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { OutsideLink } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { TextField } from '../../ui/field.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../views.js';
import { RecentVisits } from './recent-visits.js';

type TimelineEvent = {
  event_id: string;
  occurred_at: string;
  type: string;
  name: string | null;
  url: string | null;
  path: string | null;
  title: string | null;
  value: number | null;
  currency: string | null;
  time_on_page_ms: number | null;
  props: Record<string, unknown> | null;
};
type VisitorSession = {
  session_id: string;
  started_at: string;
  engaged_ms: number;
  pageview_count: number;
  event_count: number;
  error_count: number;
  is_bot: boolean;
  referrer: string | null;
  referrer_source: string | null;
  channel: string | null;
  browser: string | null;
  os: string | null;
  device: string | null;
  country: string | null;
  city: string | null;
  events: TimelineEvent[];
};
type Answer = { sessions: VisitorSession[]; next: string | null };

/** What one visitor did, session by session. */
export default function Visitor({ scope }: ViewProps) {
  const id = useParameter('visitor');
  return (
    <div class="view-stack">
      {id !== undefined && <BackLink />}
      <Card title="Visitor">
        <VisitorForm key={id} id={id} />
      </Card>
      {id === undefined ? <RecentVisits scope={scope} /> : <Timeline scope={scope} id={id} />}
    </div>
  );
}

const back = { visitor: null, before: null };

function BackLink() {
  return (
    <a class="back-link" href={addressWith(back)} onClick={(event) => follow(event, back)}>
      All visits
    </a>
  );
}

function VisitorForm({ id = '' }: { id?: string | undefined }) {
  const [typed, setTyped] = useState(id);
  return (
    <form
      class="view-tools visitor-form"
      onSubmit={(event) => {
        event.preventDefault();
        go({ visitor: typed.trim() || null, before: null });
      }}
    >
      <TextField
        label="Id of the visitor"
        hint="As your page knows it, or by “What they did” of an error. Who opens it sees a single person's visits."
        required
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" class="button primary">
        Show
      </button>
    </form>
  );
}

function Timeline({ scope: { site }, id }: { scope: Scope; id: string }) {
  const before = useParameter('before');
  const asked = useReport<Answer>(`visitors/${encodeURIComponent(id)}`, { site: site.site, before });
  return (
    <Answered asked={asked}>
      {({ sessions, next }) => (
        <div class="view-stack">
          {sessions.map((session) => (
            <SessionCard key={session.session_id} session={session} timezone={site.timezone} />
          ))}
          {next !== null && <Earlier before={next} />}
        </div>
      )}
    </Answered>
  );
}

function Earlier({ before }: { before: string }) {
  const change = { before };
  return (
    <a class="button visitor-more" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      Earlier visits
    </a>
  );
}

function SessionCard({ session, timezone }: { session: VisitorSession; timezone: string }) {
  const { pageview_count: pages, error_count: errors, engaged_ms: engaged, is_bot: isBot } = session;
  return (
    <Card
      title={formatMoment(session.started_at, timezone)}
      actions={
        <div class="view-tools">
          {isBot && <span class="badge is-warn">Bot</span>}
          {errors > 0 && <span class="badge is-bad">{formatFull(errors, 'count')} errors</span>}
          <span class="row-note">
            {formatFull(pages, 'count')} pageviews, {formatDuration(engaged / 1_000)} engaged
          </span>
        </div>
      }
    >
      <p class="row-note">
        <bdi>{describeSession(session)}</bdi>
        {session.referrer && <OutsideLink address={session.referrer} />}
      </p>
      <ol class="timeline">
        {session.events.map((event) => (
          <EventLine key={event.event_id} event={event} timezone={timezone} />
        ))}
      </ol>
    </Card>
  );
}

function describeSession(session: VisitorSession): string {
  const { referrer_source: source, channel, browser, os, device, country, city } = session;
  const place =
    country === null ? null : [city, nameValue('visit:country', country)].filter(Boolean).join(', ');
  const from = source === null ? channel : `from ${source}`;
  return [from, place, device, browser, os].filter(Boolean).join(' · ');
}

const quiet = new Set(['engagement', 'web_vital', 'exposure', 'scroll_depth']);

function EventLine({ event, timezone }: { event: TimelineEvent; timezone: string }) {
  const { type, occurred_at: at, props } = event;
  const hasProps = props !== null && Object.keys(props).length > 0;
  return (
    <li class={quiet.has(type) ? 'moment is-quiet' : `moment is-${type === 'error' ? 'error' : 'active'}`}>
      <time dateTime={at}>{formatTime(at, timezone)}</time>
      <div>
        <span class="badge">{type.replaceAll('_', ' ')}</span> <bdi class="row-title">{nameEvent(event)}</bdi>
        {hasProps && (
          <details class="moment-props">
            <summary>Properties</summary>
            <dl>
              {Object.entries(props).map(([name, value]) => (
                <div key={name}>
                  <dt>
                    <bdi>{name}</bdi>
                  </dt>
                  <dd>
                    <bdi>{typeof value === 'string' ? value : JSON.stringify(value)}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}

function nameEvent({ type, name, path, title, url, value, currency, props }: TimelineEvent): string {
  if (type === 'error' && typeof props?.message === 'string') return props.message;
  const amount = value === null ? null : [value, currency].filter((part) => part !== null).join(' ');
  const what = type === 'pageview' ? (path ?? url ?? title) : (name ?? path);
  return [what, amount].filter(Boolean).join(' · ');
}
