import { useState } from 'preact/hooks';
import { request, send } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { go, useAddress } from '../../state/address.js';
import { addDays } from '../../state/calendar.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { SelectField, TextField } from '../../ui/field.js';
import { saveFile } from '../../ui/save-file.js';
import { Answered } from '../../ui/states.js';
import { toMoment } from '../overview/annotations.js';
import type { ViewProps } from '../view.js';
import { type Column, Records, RowName } from './parts/records.js';
import { useSending } from './parts/use-sending.js';

type Entry = {
  id: string;
  at: string;
  site: string;
  actor: string;
  action: string;
  target: string;
  detail: unknown;
};
type Page = { entries: Entry[]; next: string | null };

const limit = 50;

/** Who changed or read what. */
export default function Audit({ scope: { site } }: ViewProps) {
  const parameters = useParameters(site);
  const asked = useReport<Page>('audit', { ...parameters, limit });
  return (
    <Card title="Audit log" actions={<Exports parameters={parameters} />}>
      <AuditFilter />
      <Answered asked={asked}>
        {(first) => (
          <Entries key={JSON.stringify(parameters)} first={first} parameters={parameters} site={site} />
        )}
      </Answered>
    </Card>
  );
}

type Parameters = Record<string, string | undefined>;

/** The filters of the address, as the API takes them. */
function useParameters({ site, timezone }: Site): Parameters {
  const address = useAddress();
  const read = (name: string) => address.get(name) || undefined;
  const start = (day: string | undefined) => day && toMoment(`${day}T00:00`, timezone);
  const until = read('until');
  return {
    site: read('scope') === 'all' ? undefined : site,
    actor: read('actor'),
    action: read('action'),
    from: start(read('since')),
    to: start(until && addDays(until, 1)),
  };
}

function AuditFilter() {
  const address = useAddress();
  const change = (name: string, value: string) => go({ [name]: value === '' ? null : value });
  const text = (name: string) => ({
    value: address.get(name) ?? '',
    onChange: (event: { currentTarget: HTMLInputElement }) => change(name, event.currentTarget.value),
  });
  return (
    <form class="audit-filter" aria-label="Which lines" onSubmit={(event) => event.preventDefault()}>
      <TextField label="Who" placeholder="ann@example.com" maxLength={200} {...text('actor')} />
      <TextField label="Action" placeholder="key." maxLength={200} {...text('action')} />
      <TextField label="From" type="date" {...text('since')} />
      <TextField label="To" type="date" {...text('until')} />
      <SelectField
        label="Of"
        value={address.get('scope') ?? ''}
        options={[
          { value: '', title: 'This site' },
          { value: 'all', title: 'All that I see' },
        ]}
        onChange={(event) => change('scope', event.currentTarget.value)}
      />
    </form>
  );
}

function Exports({ parameters }: { parameters: Parameters }) {
  const { error, isSending, run } = useSending();
  const save = (format: string) =>
    run(async () => {
      const response = await send('/api/v1/audit', { parameters: { ...parameters, format } });
      saveFile(await response.blob(), `audit.${format}`);
    });
  return (
    <div class="actions">
      {error && <span role="alert">{error.message}</span>}
      {['csv', 'ndjson'].map((format) => (
        <button
          key={format}
          type="button"
          class="button quiet small"
          disabled={isSending}
          onClick={() => save(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

type EntriesProps = { first: Page; parameters: Parameters; site: Site };

function Entries({ first, parameters, site }: EntriesProps) {
  const [more, setMore] = useState<Page[]>([]);
  const { error, isSending, run } = useSending();
  const pages = [first, ...more];
  const cursor = pages.at(-1)?.next;
  const load = () =>
    run(async () => {
      const page = await request<Page>('/api/v1/audit', { parameters: { ...parameters, limit, cursor } });
      setMore([...more, page]);
    });
  return (
    <>
      <Records
        title="Audit log"
        rows={pages.flatMap(({ entries }) => entries)}
        idOf={({ id }) => id}
        columns={columnsIn(site)}
        empty={{ title: 'There is no such line', text: 'Choose other filters, or a longer time.' }}
      />
      {error && <p role="alert">{error.message}</p>}
      {cursor && (
        <button type="button" class="button" disabled={isSending} onClick={load}>
          Show older ones
        </button>
      )}
    </>
  );
}

function columnsIn({ timezone }: Site): Column<Entry>[] {
  return [
    {
      title: 'What',
      cell: ({ action, target }) => <RowName name={action} note={<bdi>{target}</bdi>} />,
    },
    { title: 'Who', cell: ({ actor }) => <bdi>{actor}</bdi> },
    { title: 'Site', cell: ({ site }) => <bdi>{site || '–'}</bdi> },
    { title: 'When', kind: 'time', cell: ({ at }) => formatMoment(at, timezone) },
    { title: 'Detail', cell: ({ detail }) => <bdi class="detail-line">{describe(detail)}</bdi> },
  ];
}

function describe(detail: unknown): string {
  return detail === null ? '' : JSON.stringify(detail);
}
