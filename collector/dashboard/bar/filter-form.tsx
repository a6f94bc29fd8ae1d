import type { TargetedEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { askQuery, queryBody } from '../api/query.js';
import { useAnswer } from '../api/use-answer.js';
import { filterDimensions, nameDimension, nameValue } from '../format/names.js';
import { type Filter, type FilterOperator, filterOperators } from '../state/filters.js';
import type { Scope } from '../state/scope.js';
import { SelectField, TextField } from '../ui/field.js';
import { CloseIcon } from '../ui/icons.js';
import { operatorNames } from './describe-filter.js';

const propertyPrefix = 'event:props:';
const property = 'property';
const maxSuggestions = 30;
const first: Filter = { operator: 'is', dimension: 'event:page', values: [] };

type Props = { scope: Scope; filter?: Filter | undefined; onSave(filter: Filter): void };

/** One condition: of what, how, and which values. Values that occur are offered. */
export function FilterForm({ scope, filter = first, onSave }: Props) {
  const [{ operator, dimension, values }, setFilter] = useState(filter);
  const [typed, setTyped] = useState('');
  const suggestions = useSuggestions(scope, dimension, typed);
  const change = (next: Partial<Filter>) => setFilter({ operator, dimension, values, ...next });
  const add = (value: string) => {
    if (value !== '' && !values.includes(value)) change({ values: [...values, value] });
    setTyped('');
  };
  const all = typed.trim() === '' ? values : [...values, toValue(typed.trim(), suggestions)];
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (all.length > 0 && dimension !== propertyPrefix) onSave({ operator, dimension, values: all });
      }}
    >
      <div class="field-row">
        <DimensionFields dimension={dimension} onChange={(next) => change({ dimension: next, values: [] })} />
        <SelectField
          label="Condition"
          value={operator}
          options={filterOperators.map((name) => ({ value: name, title: operatorNames[name] }))}
          onChange={(event) => change({ operator: event.currentTarget.value as FilterOperator })}
        />
      </div>
      <ChosenValues
        dimension={dimension}
        values={values}
        onRemove={(gone) => change({ values: values.filter((one) => one !== gone) })}
      />
      <ValueField suggestions={suggestions} typed={typed} onType={setTyped} onAdd={add} />
      <button type="submit" class="button primary" disabled={all.length === 0}>
        Apply
      </button>
    </form>
  );
}

type Suggestion = { value: string; title: string };

// People type the name of a country; the filter is by its code.
function toValue(typed: string, suggestions: readonly Suggestion[]): string {
  const named = suggestions.find(({ title }) => title.toLowerCase() === typed.toLowerCase());
  return named?.value ?? typed;
}

function DimensionFields({ dimension, onChange }: { dimension: string; onChange(dimension: string): void }) {
  const isProperty = dimension.startsWith(propertyPrefix);
  const options = filterDimensions.map((name) => ({ value: name, title: nameDimension(name) }));
  return (
    <>
      <SelectField
        label="Of"
        value={isProperty ? property : dimension}
        options={[...options, { value: property, title: 'Property' }]}
        onChange={({ currentTarget: { value } }) => onChange(value === property ? propertyPrefix : value)}
      />
      {isProperty && (
        <TextField
          label="Property"
          required
          value={dimension.slice(propertyPrefix.length)}
          onInput={(event) => onChange(propertyPrefix + event.currentTarget.value)}
        />
      )}
    </>
  );
}

type ChosenProps = { dimension: string; values: readonly string[]; onRemove(value: string): void };

function ChosenValues({ dimension, values, onRemove }: ChosenProps) {
  if (values.length === 0) return null;
  return (
    <ul class="filter-bar" aria-label="Values">
      {values.map((value) => (
        <li key={value} class="pill">
          <bdi class="pill-text">{nameValue(dimension, value)}</bdi>
          <button
            type="button"
            class="pill-remove"
            aria-label={`Remove ${nameValue(dimension, value)}`}
            onClick={() => onRemove(value)}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

type ValueProps = {
  suggestions: readonly Suggestion[];
  typed: string;
  onType(text: string): void;
  onAdd(value: string): void;
};

// What is chosen from the list comes at once, and browsers tell it apart from typing.
function isChosen(event: Event): boolean {
  return !(event instanceof InputEvent) || event.inputType === 'insertReplacementText';
}

function ValueField({ suggestions, typed, onType, onAdd }: ValueProps) {
  const listId = useId();
  const take = (event: TargetedEvent<HTMLInputElement>) => {
    const text = event.currentTarget.value;
    const found = isChosen(event) ? suggestions.find(({ title }) => title === text) : undefined;
    if (found) onAdd(found.value);
    else onType(text);
  };
  return (
    <>
      <TextField
        label="Value"
        hint="Enter a value, or choose one that occurs in the period. A comma adds another."
        value={typed}
        list={listId}
        autocomplete="off"
        spellcheck={false}
        onInput={take}
        onKeyDown={(event) => {
          if (event.key !== ',' || typed.trim() === '') return;
          event.preventDefault();
          onAdd(toValue(typed.trim(), suggestions));
        }}
      />
      <datalist id={listId}>
        {suggestions.map(({ value, title }) => (
          <option key={value} value={title} />
        ))}
      </datalist>
    </>
  );
}

const unasked = ['segment', propertyPrefix];

function useSuggestions(scope: Scope, dimension: string, typed: string): Suggestion[] {
  const isCoded =
    dimension === 'visit:country' || dimension === 'visit:language' || dimension === 'event:goal';
  const part = isCoded ? '' : typed.trim();
  const body = unasked.includes(dimension)
    ? null
    : queryBody(scope, {
        metrics: ['visitors'],
        dimensions: [dimension],
        filters: part === '' ? [] : [['contains', dimension, [part], { case_sensitive: false }]],
        orderBy: [['visitors', 'desc']],
        limit: maxSuggestions,
      });
  const { answer } = useAnswer(body, (signal) => askQuery(body ?? '', signal));
  return (answer?.results ?? []).map(({ dimensions: [value = null] }) => ({
    value: value ?? '',
    title: nameValue(dimension, value),
  }));
}
