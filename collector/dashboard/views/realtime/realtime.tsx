import '../report.css';
import './realtime.css';
import { reloadAll } from '../../api/reloads.js';
import { formatMoment, formatTime } from '../../format/dates.js';
import { nameValue } from '../../format/names.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { BarTable } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import type { ViewProps } from '../views.js';
import { type Hit, type Listed, type Now, useRealtime } from './use-realtime.js';

/** Who is on the site now, minute by minute and hit by hit. */
export default function Realtime({ scope: { site } }: ViewProps) {
  const { now, hits, isOpen, error } = useRealtime(site.site);
  if (error) return <ErrorState error={error} retry={reloadAll} />;
  if (!now) return <LoadingState rows={8} />;
  return (
    <div class="view-stack">
      <NowCard now={now} isOpen={isOpen} timezone={site.timezone} />
      <div class="cards">
        <ListCard title="Pages" dimension="event:page" rows={now.pages} />
        <ListCard title="Sources" dimension="visit:source" rows={now.sources} />
        <ListCard title="Countries" dimension="visit:country" rows={now.countries} />
        <Feed hits={hits} timezone={site.timezone} />
      </div>
    </div>
  );
}

type NowProps = { now: Now; isOpen: boolean; timezone: string };

function NowCard({
  now: { current_visitors: current, visitors, pageviews, minutes },
  isOpen,
  timezone,
}: NowProps) {
  const most = Math.max(1, ...minutes.map((one) => one.pageviews));
  const rows = minutes.map((one) => [
    formatMoment(one.minute, timezone),
    formatFull(one.pageviews, 'count'),
    formatFull(one.visitors, 'count'),
  ]);
  return (
    <Card
      title="Now"
      actions={
        <div class="view-tools">
          <p class="row-note" role="status">
            {isOpen ? 'Live' : 'Connection lost: trying again'}
          </p>
          <TableButton title="The last 30 minutes" head={['Minute', 'Pageviews', 'Visitors']} rows={rows} />
        </div>
      }
    >
      <dl class="figures">
        <Figure title="Visitors, last 5 minutes" value={current} />
        <Figure title="Visitors, last 30 minutes" value={visitors} />
        <Figure title="Pageviews, last 30 minutes" value={pageviews} />
      </dl>
      <div class="minutes" role="img" aria-label="Pageviews of each of the last 30 minutes, the newest last">
        {minutes.map((one) => (
          <span
            key={one.minute}
            class="minute"
            style={{ '--share': one.pageviews / most }}
            title={`${formatTime(one.minute, timezone)}: ${formatFull(one.pageviews, 'count')} pageviews`}
          />
        ))}
      </div>
      <p class="minutes-axis" aria-hidden="true">
        <span>30 minutes ago</span>
        <span>now</span>
      </p>
    </Card>
  );
}

function Figure({ title, value }: { title: string; value: number }) {
  return (
    <div class="figure">
      <dt>{title}</dt>
      <dd data-now={title}>{formatFull(value, 'count')}</dd>
    </div>
  );
}

function ListCard({ title, dimension, rows }: { title: string; dimension: string; rows: readonly Listed[] }) {
  const most = rows[0]?.visitors ?? 1;
  return (
    <Card title={title}>
      {rows.length === 0 ? (
        <EmptyState title="Nobody in the last 30 minutes" />
      ) : (
        <BarTable
          title={`${title} of the last 30 minutes`}
          labelTitle={title}
          columns={[{ id: 'visitors', title: 'Visitors' }]}
          rows={rows.map(({ value, visitors }) => ({
            id: String(value),
            label: nameValue(dimension, value),
            share: visitors / most,
            cells: [{ text: formatShort(visitors, 'count'), full: formatFull(visitors, 'count') }],
          }))}
        />
      )}
    </Card>
  );
}

function Feed({ hits, timezone }: { hits: readonly Hit[]; timezone: string }) {
  return (
    <Card title="As it happens">
      {hits.length === 0 ? (
        <EmptyState title="Waiting for the next pageview">
          <p>It is shown here two seconds after it came, without whose it is.</p>
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <ol class="feed" tabIndex={0} aria-label="Newest first">
          {hits.map((hit) => (
            <li key={hit.id}>
              <time dateTime={hit.occurred_at}>{formatTime(hit.occurred_at, timezone)}</time>
              <span>
                <bdi class="row-title">{hit.type === 'custom' ? hit.name : hit.path}</bdi>
                <span class="row-note"> {describeHit(hit)}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function describeHit({ type, path, country, city, device, browser, referrer_source: source }: Hit): string {
  const place = [city, country === null ? null : nameValue('visit:country', country)]
    .filter(Boolean)
    .join(', ');
  const from = source === null ? null : `from ${source}`;
  return [type === 'custom' ? `on ${path}` : null, place, device, browser, from].filter(Boolean).join(' · ');
}
