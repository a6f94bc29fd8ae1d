import { useState } from 'preact/hooks';
import { nameDimension, nameValue } from '../format/names.js';
import { useShortcuts } from '../keys/keyboard.js';
import { type Filter, setFilters } from '../state/filters.js';
import type { Scope } from '../state/scope.js';
import { Dialog } from '../ui/dialog.js';
import { CloseIcon, FilterIcon } from '../ui/icons.js';
import { describeFilter, operatorNames } from './describe-filter.js';
import { FilterForm } from './filter-form.js';

/** The button that adds a filter. */
export function AddFilter({ scope }: { scope: Scope }) {
  const [isOpen, setOpen] = useState(false);
  useShortcuts([
    { key: 'f', title: 'Add a filter', group: 'Filters', run: () => setOpen(true) },
    { key: 'Escape', title: 'Remove all filters', group: 'Filters', run: () => setFilters([]) },
  ]);
  return (
    <>
      <button type="button" class="button" aria-label="Add a filter" onClick={() => setOpen(true)}>
        <FilterIcon />
        <span class="label">Filter</span>
      </button>
      <Dialog title="Add a filter" isOpen={isOpen} onClose={() => setOpen(false)}>
        <FilterForm
          scope={scope}
          onSave={(filter) => {
            setFilters([...scope.filters, filter]);
            setOpen(false);
          }}
        />
      </Dialog>
    </>
  );
}

/** The filters of the page, each to change or to take away. */
export function FilterBar({ scope }: { scope: Scope }) {
  const [edited, setEdited] = useState<number>();
  const { filters } = scope;
  const filter = edited === undefined ? undefined : filters[edited];
  if (filters.length === 0) return null;
  return (
    <>
      <ul class="filter-bar" aria-label="Filters">
        {filters.map((one, at) => (
          <li key={at}>
            <Pill
              filter={one}
              onEdit={() => setEdited(at)}
              onRemove={() => setFilters(filters.toSpliced(at, 1))}
            />
          </li>
        ))}
        {filters.length > 1 && (
          <li>
            <button type="button" class="button quiet" onClick={() => setFilters([])}>
              Remove all
            </button>
          </li>
        )}
      </ul>
      <Dialog title="Change the filter" isOpen={filter !== undefined} onClose={() => setEdited(undefined)}>
        <FilterForm
          scope={{ ...scope, filters: filters.filter((one) => one !== filter) }}
          filter={filter}
          onSave={(next) => {
            setFilters(filters.with(edited ?? 0, next));
            setEdited(undefined);
          }}
        />
      </Dialog>
    </>
  );
}

function Pill({ filter, onEdit, onRemove }: { filter: Filter; onEdit(): void; onRemove(): void }) {
  const text = describeFilter(filter);
  return (
    <span class="pill">
      <button type="button" class="pill-text" title="Change the filter" onClick={onEdit}>
        {nameDimension(filter.dimension)} {operatorNames[filter.operator]}{' '}
        <bdi>{filter.values.map((value) => nameValue(filter.dimension, value)).join(' or ')}</bdi>
      </button>
      <button type="button" class="pill-remove" aria-label={`Remove the filter ${text}`} onClick={onRemove}>
        <CloseIcon />
      </button>
    </span>
  );
}
