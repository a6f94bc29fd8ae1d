import '../report.css';
import './paths.css';
import { useState } from 'preact/hooks';
import { useReport } from '../../api/use-report.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { addressWith, follow, go, useParameter } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { BarTable } from '../../ui/bar-table.js';
import { Card } from '../../ui/card.js';
import { SelectField } from '../../ui/field.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import { MatchFields } from '../match-fields.js';
import type { ViewProps } from '../views.js';
import { type Link, PathFlow } from './path-flow.js';

type Path = { pages: (string | null)[]; sessions: number; rate: number | null };
type Answer = { sessions: number; paths: Path[]; links: Link[] };

const depths = [2, 3, 4, 5].map((depth) => ({ value: String(depth), title: `${depth} pages` }));
const maxLinks = 1_000;
const shownPaths = 15;

/** Which pages visits go to from a page, or come from to it. */
export default function Paths({ scope }: ViewProps) {
  const [from, to] = [useParameter('from_page'), useParameter('to_page')];
  const steps = depths.find(({ value }) => value === useParameter('depth'))?.value ?? '3';
  const anchor = to === undefined ? { from_page: from } : { to_page: to };
  const asked = useReport<Answer>('paths', { ...reportParameters(scope), ...anchor, steps, limit: maxLinks });
  const paths = asked.answer?.paths ?? [];
  return (
    <div class="view-stack">
      <Card title="Which pages">
        <AnchorForm key={`${from} ${to}`} scope={scope} from={from} to={to} steps={steps} />
      </Card>
      <Card
        title={titleOf(from, to)}
        actions={<TableButton title="Paths" head={['Path', 'Visits', 'Of all']} rows={paths.map(toRow)} />}
      >
        <Answered asked={asked} rows={8}>
          {(answer) =>
            answer.sessions === 0 ? <NoPaths /> : <PathFlow {...answer} isBackward={to !== undefined} />
          }
        </Answered>
      </Card>
      {paths.length > 0 && (
        <Card title="Whole paths" kind="whole-paths">
          <BarTable
            title="Whole paths by visits"
            labelTitle="Path"
            columns={[
              { id: 'sessions', title: 'Visits' },
              { id: 'rate', title: 'Of all' },
            ]}
            rows={paths.slice(0, shownPaths).map((path) => ({
              id: JSON.stringify(path.pages),
              label: nameOf(path),
              share: path.sessions / (paths[0]?.sessions ?? 1),
              cells: [
                { text: formatShort(path.sessions, 'count'), full: formatFull(path.sessions, 'count') },
                { text: formatFull(path.rate, 'percent') },
              ],
            }))}
          />
        </Card>
      )}
    </div>
  );
}

function titleOf(from: string | undefined, to: string | undefined): string {
  if (to !== undefined) return `Where visits to ${to} come from`;
  return from === undefined ? 'Where visits begin and go' : `Where visits go from ${from}`;
}

function nameOf({ pages }: Path): string {
  return pages.map((page) => page ?? '(no page)').join(' → ');
}

function toRow(path: Path): string[] {
  return [nameOf(path), formatFull(path.sessions, 'count'), formatFull(path.rate, 'percent')];
}

function NoPaths() {
  return (
    <EmptyState title="No visit has seen this page in this period">
      <p>Choose a longer period or fewer filters; pages are paths like /pricing, ** stands for any text.</p>
    </EmptyState>
  );
}

type FormProps = { scope: Scope; from: string | undefined; to: string | undefined; steps: string };

function AnchorForm({ scope, from, to, steps }: FormProps) {
  const [direction, setDirection] = useState(to === undefined ? 'from' : 'to');
  const [page, setPage] = useState(to ?? from ?? '');
  const text = page.trim() === '' ? null : page.trim();
  return (
    <form
      class="view-tools path-form"
      onSubmit={(event) => {
        event.preventDefault();
        go({ from_page: direction === 'from' ? text : null, to_page: direction === 'to' ? text : null });
      }}
    >
      <SelectField
        label="Direction"
        value={direction}
        options={[
          { value: 'from', title: 'After a page' },
          { value: 'to', title: 'Before a page' },
        ]}
        onChange={(event) => setDirection(event.currentTarget.value)}
      />
      <div class="path-page">
        <MatchFields
          scope={scope}
          title="Page"
          kinds={['page']}
          draft={{ kind: 'page', text: page }}
          onChange={(draft) => setPage(draft.text)}
          isRequired={direction === 'to'}
        />
      </div>
      <SelectField
        label="How far"
        value={steps}
        options={depths}
        onChange={(event) =>
          go({ depth: event.currentTarget.value === '3' ? null : event.currentTarget.value })
        }
      />
      <button type="submit" class="button primary">
        Show
      </button>
      {(from !== undefined || to !== undefined) && <FirstPages />}
    </form>
  );
}

function FirstPages() {
  const change = { from_page: null, to_page: null };
  return (
    <a class="button quiet" href={addressWith(change)} onClick={(event) => follow(event, change)}>
      From the first page
    </a>
  );
}
