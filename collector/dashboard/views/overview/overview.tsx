import { request } from '../../api/client.js';
import { amountOf } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { useParameter } from '../../state/address.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import type { ViewProps } from '../views.js';
import { BreakdownCard } from './breakdown-card.js';
import { behaviourCard, type CardDefinition, cards } from './breakdowns.js';
import { ChartCard } from './chart-card.js';
import { Details } from './details.js';
import { EmptySite, useIsEmpty } from './empty-site.js';
import { findHeadMetric } from './metrics.js';
import { MetricsRow, useTotals } from './metrics-row.js';

/** The first screen: everything about a period at once. */
export default function Overview({ scope }: ViewProps) {
  const metric = findHeadMetric(useParameter('metric'));
  const totals = useTotals(scope);
  const behaviour = useBehaviour(scope);
  const isEmpty = useIsEmpty(scope, amountOf(totals.answer?.results[0]?.metrics[0]) ?? undefined);
  if (isEmpty) return <EmptySite site={scope.site} />;
  return (
    <div class="overview">
      <section class="card head-card" aria-label="Totals and their course">
        <MetricsRow asked={totals} chosen={metric} site={scope.site} />
        <ChartCard scope={scope} metric={metric} />
      </section>
      <div class="cards">
        {cards.map((card) => (
          <BreakdownCard key={card.id} card={card} scope={scope} />
        ))}
        <BreakdownCard card={behaviour} scope={scope} kind="wide" rows={6} />
      </div>
      <OpenDetails all={[...cards, behaviour]} scope={scope} />
    </div>
  );
}

function OpenDetails({ all, scope }: { all: readonly CardDefinition[]; scope: Scope }) {
  const id = useParameter('details');
  const card = all.find((one) => one.id === id);
  return card ? <Details card={card} scope={scope} /> : null;
}

/** Goals, events, and the properties that events of the period had. */
function useBehaviour(scope: Scope): CardDefinition {
  const parameters = { ...reportParameters(scope), limit: 100 };
  const { answer } = useAnswer(JSON.stringify(parameters), (signal) =>
    request<{ properties: { property: string }[] }>('/api/v1/properties', { parameters, signal }),
  );
  return behaviourCard(answer?.properties.map(({ property }) => property) ?? []);
}
