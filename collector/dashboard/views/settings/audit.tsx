import { useEffect, useState } from 'preact/hooks';
import { request, send } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { go, useAddress } from '../../state/address.js';
import { addDays, toMoment } from '../../state/calendar.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { SelectField, TextField } from '../../ui/field.js';
import { saveFile } from '../../ui/save-file.js';
import { Answered } from '../../ui/states.js';
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

const filterNames = ['actor', 'action', 'since', 'until', 'scope'] as const;
type FilterName = (typeof filterNames)[number];
type FilterDraft = Record<FilterName, string>;

const scopes = [
  { value: '', title: 'This site' },
  { value: 'all', title: 'All that I see' },
];

/** The filters are typed first and asked at once: they are part of the address. */
function AuditFilter() {
  const address = useAddress();
  const search = filterNames.map((name) => address.get(name) ?? '').join('\n');
  const [draft, setDraft] = useState(() => readFilter(address));
  useEffect(() => setDraft(readFilter(new URLSearchParams(location.search))), [search]);
  const text = (name: FilterName) => ({
    name,
    value: draft[name],
    onInput: (event: { currentTarget: HTMLInputElement }) =>
      setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  const submit = (event: Event) => {
    event.preventDefault();
    go(Object.fromEntries(filterNames.map((name) => [name, draft[name] || null])));
  };
  return (
    <form class="audit-filter" aria-label="Which lines" onSubmit={submit}>
      <TextField label="Who" placeholder="ann@example.com" maxLength={200} {...text('actor')} />
      <TextField label="Action" placeholder="key." maxLength={200} {...text('action')} />
      <TextField label="From" type="date" {...text('since')} />
      <TextField label="To" type="date" {...text('until')} />
      <SelectField
        label="Of"
        value={draft.scope}
        options={scopes}
        onChange={(event) => setDraft({ ...draft, scope: event.currentTarget.value })}
      />
      <button type="submit" class="button">
        Show
      </button>
    </form>
  );
}

function readFilter(address: URLSearchParams): FilterDraft {
  const read = (name: FilterName) => address.get(name) ?? '';
  return {
    actor: read('actor'),
    action: read('action'),
    since: read('since'),
    until: read('until'),
    scope: read('scope'),
  };
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
      cell: ({ action, target }) => (
        <RowName name={action} note={<bdi title={target}>{shorten(target)}</bdi>} />
      ),
    },
    { title: 'Who', cell: ({ actor }) => <bdi title={actor}>{shorten(actor)}</bdi> },
    { title: 'Site', cell: ({ site }) => <bdi>{site || '–'}</bdi> },
    { title: 'When', kind: 'time', cell: ({ at }) => formatMoment(at, timezone) },
    {
      title: 'Detail',
      cell: ({ detail }) => describe(detail) && <bdi class="detail-line">{describe(detail)}</bdi>,
    },
  ];
}

// Eight digits tell ids apart; the files have them whole.
function shorten(text: string): string {
  return text.replace(/\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '$1');
}

/** A detail as a phrase: `role: analyst, sites: demo`. */
function describe(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return detail === null ? '' : String(detail);
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${write(value)}`)
    .join(', ');
}

function write(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(write).join(' ');
  return typeof value === 'object' && value !== null ? `(${describe(value)})` : String(value);
}
