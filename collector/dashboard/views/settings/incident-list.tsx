import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import type { Site } from '../../state/scope.js';
import { Answered } from '../../ui/states.js';
import type { Alert } from './alert-form.js';
import { type Column, Records } from './parts/records.js';

type Notification = { channel: string; attempts: number; deliveredAt: string | null; failure: string | null };
type Incident = {
  id: string;
  state: 'firing' | 'resolved';
  startedAt: string;
  resolvedAt: string | null;
  summary: string;
  notifications: Notification[];
};

/** When an alert fired, and what came of telling it. */
export function IncidentList({ alert: { id }, site }: { alert: Alert; site: Site }) {
  const asked = useReport<{ incidents: Incident[] }>(`alerts/${id}/incidents`, { site: site.site });
  return (
    <Answered asked={asked}>
      {({ incidents }) => (
        <Records
          title="Incidents"
          rows={incidents}
          idOf={(incident) => incident.id}
          columns={columnsIn(site)}
          empty={{ title: 'It has not fired', text: 'What fires stays here with what was sent.' }}
        />
      )}
    </Answered>
  );
}

function columnsIn({ timezone }: Site): Column<Incident>[] {
  return [
    { title: 'What', cell: ({ summary }) => <bdi>{summary}</bdi> },
    {
      title: 'State',
      cell: ({ state }) => <span class={`badge ${state === 'firing' ? 'is-bad' : 'is-good'}`}>{state}</span>,
    },
    { title: 'Since', kind: 'time', cell: ({ startedAt }) => formatMoment(startedAt, timezone) },
    {
      title: 'Until',
      kind: 'time',
      cell: ({ resolvedAt }) => (resolvedAt === null ? '–' : formatMoment(resolvedAt, timezone)),
    },
    {
      title: 'Sent',
      cell: ({ notifications }) => (
        <bdi class="detail-line">{notifications.map(describe).join(', ') || 'to nobody'}</bdi>
      ),
    },
  ];
}

function describe({ channel, attempts, deliveredAt, failure }: Notification): string {
  if (deliveredAt !== null) return channel;
  return `${channel}: ${failure ?? 'waits'} (${attempts} tries)`;
}
