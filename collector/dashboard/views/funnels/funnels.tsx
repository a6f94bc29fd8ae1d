import '../report.css';
import './funnels.css';
import { useReport } from '../../api/use-report.js';
import { nameDimension, nameValue } from '../../format/names.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import type { Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { TableButton } from '../../ui/table-button.js';
import { nameMatch } from '../event-match.js';
import type { ViewProps } from '../views.js';
import { FunnelChart, type FunnelStep, funnelHead, funnelRows } from './funnel-chart.js';
import { FunnelEditor } from './funnel-editor.js';
import {
  emptyFunnel,
  type FunnelQuestion,
  funnelChange,
  funnelParameters,
  type SavedFunnel,
  useFunnelQuestion,
} from './funnel-question.js';
import { FunnelKeeper, SavedFunnels } from './saved-funnels.js';

type Answer = { steps: FunnelStep[]; breakdown?: { value: string | null; steps: FunnelStep[] }[] };

/** Who goes through steps in their order, and where they stop. */
export default function Funnels({ scope }: ViewProps) {
  const question = useFunnelQuestion();
  const { answer } = useReport<{ saved_funnels: SavedFunnel[] }>('saved-funnels', { site: scope.site.site });
  const saved = answer?.saved_funnels ?? [];
  return (
    <div class="view-stack">
      <SavedFunnels saved={saved} question={question} />
      {question && <FunnelCard scope={scope} question={question} saved={saved} />}
      <Card title={question ? 'Steps' : 'New funnel'}>
        {!question && (
          <p class="hint funnel-hint">Two to ten steps: who does one after the other, and where they stop.</p>
        )}
        <FunnelEditor
          key={question ? JSON.stringify(funnelChange(question)) : ''}
          scope={scope}
          question={question ?? emptyFunnel}
        />
      </Card>
    </div>
  );
}

type CardProps = { scope: Scope; question: FunnelQuestion; saved: readonly SavedFunnel[] };

function FunnelCard({ scope, question, saved }: CardProps) {
  const asked = useReport<Answer>('funnels', funnelParameters(scope, question));
  const steps = asked.answer?.steps ?? [];
  return (
    <Card
      title={titleOf(steps)}
      actions={
        <div class="view-tools">
          <FunnelKeeper scope={scope} saved={saved} question={question} />
          <TableButton title="Funnel by step" head={funnelHead} rows={funnelRows(steps)} />
        </div>
      }
    >
      <Answered asked={asked}>
        {({ steps: all, breakdown }) => (
          <>
            {all[0]?.reached ? <FunnelChart steps={all} /> : <NobodyStarted step={all[0]} />}
            {breakdown && question.breakdown && <Breakdown rows={breakdown} dimension={question.breakdown} />}
          </>
        )}
      </Answered>
    </Card>
  );
}

function titleOf(steps: readonly FunnelStep[]): string {
  const last = steps.at(-1);
  if (!last || !steps[0]?.reached) return 'Funnel';
  return `${formatFull(last.conversion_rate, 'percent')} come all the way`;
}

function NobodyStarted({ step }: { step: FunnelStep | undefined }) {
  return (
    <EmptyState title="Nobody did the first step in this period">
      <p>
        Choose a longer period or fewer filters, or check how <bdi>{step ? nameMatch(step) : 'it'}</bdi> is
        written: pages are paths like /pricing, ** stands for any text.
      </p>
    </EmptyState>
  );
}

function Breakdown({ rows, dimension }: { rows: NonNullable<Answer['breakdown']>; dimension: string }) {
  const steps = rows[0]?.steps ?? [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="list-scroll" tabIndex={0} aria-label={`Funnel by ${nameDimension(dimension)}`}>
      <table class="list-table">
        <thead>
          <tr>
            <th scope="col">{nameDimension(dimension)}</th>
            {steps.map((step, at) => (
              <th key={at} scope="col" class="number-cell">
                {at + 1}. <bdi>{nameMatch(step)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.value}>
              <th scope="row">
                <bdi>{nameValue(dimension, row.value)}</bdi>
              </th>
              {row.steps.map((step, at) => (
                <td key={at} class="number-cell">
                  {formatShort(step.reached, 'count')}
                  <span class="row-note"> {formatFull(step.conversion_rate, 'percent')}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
