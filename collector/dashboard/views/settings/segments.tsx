import { useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { describeFilter } from '../../bar/describe-filter.js';
import { FilterForm } from '../../bar/filter-form.js';
import { type Filter, filterOperators, toApiFilter } from '../../state/filters.js';
import type { Scope, Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { CloseIcon } from '../../ui/icons.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { DeleteButton, EditButton } from './parts/saved-actions.js';
import { useCanChange } from './parts/use-can-change.js';

type Segment = { id: string; name: string; filters: unknown[] };

/** Filters that are kept under a name. */
export default function Segments({ scope }: ViewProps) {
  const { site } = scope;
  const canChange = useCanChange();
  const asked = useReport<{ segments: Segment[] }>('segments', { site: site.site });
  return (
    <Card
      title="Segments"
      actions={
        canChange && (
          <ActionButton title="New segment">
            {({ done }) => <SegmentForm scope={scope} onDone={done} />}
          </ActionButton>
        )
      }
    >
      <p class="lead">Filters under a name: choose "Segment" in a filter of any view, and type the name.</p>
      <Answered asked={asked}>
        {({ segments }) => (
          <Records
            title="Segments"
            rows={segments}
            idOf={({ id }) => id}
            columns={columns}
            actions={canChange ? (segment) => <SegmentActions segment={segment} scope={scope} /> : undefined}
            empty={{
              title: 'There is no segment yet',
              text: 'A segment keeps the filters that you use often.',
            }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<Segment>[] = [
  { title: 'Segment', cell: ({ name }) => <RowName name={name} /> },
  {
    title: 'Filters',
    cell: ({ filters }) =>
      filters.map((filter, at) => (
        <div key={at}>
          <bdi>{describe(filter)}</bdi>
        </div>
      )),
  },
];

// A script may have made filters that the form does not know.
function describe(filter: unknown): string {
  const known = toFilter(filter);
  return known ? describeFilter(known) : JSON.stringify(filter);
}

function toFilter(given: unknown): Filter | undefined {
  if (!Array.isArray(given)) return undefined;
  const [name, dimension, values]: unknown[] = given;
  const operator = filterOperators.find((one) => one === name);
  if (!operator || typeof dimension !== 'string' || !Array.isArray(values)) return undefined;
  return { operator, dimension, values: values.map((value) => (value === null ? '' : String(value))) };
}

function SegmentActions({ segment, scope }: { segment: Segment; scope: Scope }) {
  const { id, name, filters } = segment;
  const isKnown = filters.every((filter) => toFilter(filter) !== undefined);
  return (
    <>
      {isKnown && (
        <EditButton name={name}>
          {(done) => <SegmentForm scope={scope} segment={segment} onDone={done} />}
        </EditButton>
      )}
      <DeleteButton
        path={`/api/v1/segments/${id}`}
        site={scope.site.site}
        name={name}
        text="Links and reports that filter by it are refused."
      />
    </>
  );
}

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true, placeholder: 'Phones in Germany' },
];

type FormProps = { scope: Scope; segment?: Segment; onDone(): void };

function SegmentForm({ scope, segment, onDone }: FormProps) {
  const [filters, setFilters] = useState<readonly Filter[]>(() =>
    segment ? segment.filters.flatMap((filter) => toFilter(filter) ?? []) : scope.filters,
  );
  return (
    <div class="form">
      <RecordForm
        fields={fields}
        {...(segment && { record: segment })}
        timezone={scope.site.timezone}
        button={segment ? 'Save' : 'Add the segment'}
        onSubmit={async ({ name }) => {
          await save(scope.site, { id: segment?.id, name, filters: filters.map(toApiFilter) });
          onDone();
        }}
      >
        <Conditions filters={filters} onChange={setFilters} />
      </RecordForm>
      <h3>Add a condition</h3>
      <FilterForm
        key={filters.length}
        scope={{ ...scope, filters: [] }}
        onSave={(filter) => setFilters([...filters, filter])}
      />
    </div>
  );
}

async function save(
  { site }: Site,
  { id, ...given }: { id: string | undefined; name: unknown; filters: unknown[] },
): Promise<void> {
  const path = id === undefined ? '/api/v1/segments' : `/api/v1/segments/${id}`;
  await request(path, { method: id === undefined ? 'POST' : 'PUT', body: { ...given, site } });
}

type ConditionsProps = { filters: readonly Filter[]; onChange(filters: readonly Filter[]): void };

function Conditions({ filters, onChange }: ConditionsProps) {
  if (filters.length === 0) return <p class="hint">All of these hold: none yet, so everything is in it.</p>;
  return (
    <ul class="filter-bar" aria-label="Conditions">
      {filters.map((filter, at) => (
        <li key={at} class="pill">
          <bdi class="pill-text">{describeFilter(filter)}</bdi>
          <button
            type="button"
            class="pill-remove"
            aria-label={`Remove ${describeFilter(filter)}`}
            onClick={() => onChange(filters.toSpliced(at, 1))}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}
