import { useId, useState } from 'preact/hooks';
import { askQuery, queryBody } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { nameDimension } from '../../format/names.js';
import { addressWith, follow, go, useAddress } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { BarTable } from '../../ui/bar-table.js';
import { ExpandIcon } from '../../ui/icons.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { Tabs } from '../../ui/tabs.js';
import { useSettled } from '../../ui/use-settled.js';
import { barRowsOf, columnsOf, metricsOf, questionOf } from './breakdown-question.js';
import type { Breakdown, CardDefinition } from './breakdowns.js';

const usualRows = 9;

/** Which tab of a card the address opens, and which of its variants. */
export function useChosen({ id, breakdowns }: CardDefinition) {
  const address = useAddress();
  const chosen = breakdowns.find((one) => one.id === address.get(id)) ?? breakdowns[0];
  if (!chosen) throw new Error(`breakdowns: ${id} has none`);
  const by = address.get(`${id}_by`);
  const dimension = chosen.variants?.find((name) => name === by) ?? chosen.dimension;
  return { chosen, dimension };
}

type CardProps = { card: CardDefinition; scope: Scope; kind?: string; rows?: number };

/** A card of tabs: the first rows of each, a search, and the way to all of them. */
export function BreakdownCard({ card, scope, kind = '', rows = usualRows }: CardProps) {
  const { chosen, dimension } = useChosen(card);
  const [search, setSearch] = useState('');
  const [panelId, titleId] = [useId(), useId()];
  const first = card.breakdowns[0]?.id;
  return (
    <section class={`card ${kind}`} aria-labelledby={titleId} data-card={card.id}>
      <header class="card-head">
        <h2 id={titleId}>{card.title}</h2>
        <Tabs
          title={card.title}
          tabs={card.breakdowns}
          chosen={chosen.id}
          panelId={panelId}
          onChoose={(id) => {
            setSearch('');
            go({ [card.id]: id === first ? null : id, [`${card.id}_by`]: null });
          }}
        />
      </header>
      <div class="card-body breakdown" id={panelId} role="tabpanel" aria-label={chosen.title}>
        <Rows
          key={`${chosen.id} ${dimension}`}
          card={card}
          breakdown={chosen}
          dimension={dimension}
          search={search}
          scope={scope}
          count={rows}
        />
      </div>
      <footer class="card-foot breakdown-foot">
        <DetailsLink card={card} breakdown={chosen} />
        <input
          class="input search"
          type="search"
          aria-label={`Search ${chosen.title.toLowerCase()}`}
          placeholder="Search"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </footer>
    </section>
  );
}

function DetailsLink({ card, breakdown }: { card: CardDefinition; breakdown: Breakdown }) {
  const change = { details: card.id, page: null, search: null, sort: null };
  return (
    <a
      class="button quiet small"
      href={addressWith(change)}
      aria-label={`Details of ${breakdown.title.toLowerCase()}`}
      onClick={(event) => follow(event, change)}
    >
      <ExpandIcon />
      Details
    </a>
  );
}

type RowsProps = {
  card: CardDefinition;
  breakdown: Breakdown;
  dimension: string;
  search: string;
  scope: Scope;
  count: number;
};

function Rows({ card, breakdown, dimension, search, scope, count }: RowsProps) {
  const metrics = metricsOf(breakdown.metrics, scope);
  const settled = useSettled(search.trim());
  const body = queryBody(scope, questionOf(breakdown, dimension, { metrics, search: settled, limit: count }));
  const asked = useAnswer(body, (signal) => askQuery(body, signal));
  return (
    <Answered asked={asked} rows={count}>
      {({ results, meta }) => (
        <>
          {breakdown.variants && (
            <VariantChoice card={card} variants={breakdown.variants} chosen={dimension} />
          )}
          {results.length === 0 ? (
            <Nothing breakdown={breakdown} isSearched={settled !== ''} />
          ) : (
            <BarTable
              title={`${breakdown.title} by visitors`}
              labelTitle={nameDimension(dimension)}
              hidesLabelTitle={breakdown.variants !== undefined}
              columns={columnsOf(metrics, meta.metrics)}
              rows={barRowsOf({ rows: results, metrics, meta: meta.metrics, scope, dimension })}
            />
          )}
        </>
      )}
    </Answered>
  );
}

function Nothing({ breakdown, isSearched }: { breakdown: Breakdown; isSearched: boolean }) {
  if (isSearched) return <EmptyState title="No match" />;
  return (
    <EmptyState title="Nothing in this period">{breakdown.empty && <p>{breakdown.empty}</p>}</EmptyState>
  );
}

type VariantProps = { card: CardDefinition; variants: readonly string[]; chosen: string };

/** Chooses the variant of a tab, in the place of the heading of its first column. */
export function VariantChoice({ card, variants, chosen }: VariantProps) {
  return (
    <select
      class="variant"
      aria-label="By"
      value={chosen}
      onChange={(event) => {
        const { value } = event.currentTarget;
        go({ [`${card.id}_by`]: value === variants[0] ? null : value });
      }}
    >
      {variants.map((name) => (
        <option key={name} value={name} selected={name === chosen}>
          {nameDimension(name)}
        </option>
      ))}
    </select>
  );
}
