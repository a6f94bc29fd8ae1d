import '../report.css';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { formatFull, formatShort } from '../../format/numbers.js';
import { mayManage, useSession } from '../../session/session.js';
import { reportParameters, type Scope } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered, EmptyState } from '../../ui/states.js';
import type { ViewProps } from '../views.js';
import { JudgeButton } from './judge-button.js';

type Reason = {
  reason: string | null;
  events: number;
  pageviews: number;
  visitors: number;
  first_at: string;
  last_at: string;
  user_agents: string[] | null;
};

/** A reason of all events that are stored, and whether people said that it does not hold. */
type Judged = { reason: string; events: number; isHuman: boolean };

/** What was taken for a bot, why, and what is taken back. */
export default function Bots({ scope }: ViewProps) {
  const asked = useReport<{ reasons: Reason[] }>('bots', reportParameters(scope));
  const judged = useReport<{ reasons: Judged[] }>('bot-reasons', { site: scope.site.site });
  const restored = judged.answer?.reasons.filter(({ isHuman }) => isHuman) ?? [];
  return (
    <div class="view-stack">
      <Card title="Taken for bots">
        <p class="row-note">
          These events are stored and left out of every other number. Filters do not apply here. Are they
          people? Count them: past and future ones.
        </p>
        <Answered asked={asked}>
          {({ reasons }) =>
            reasons.length === 0 ? (
              <EmptyState title="Nothing was taken for a bot in this period">
                <p>Choose a longer period to see more.</p>
              </EmptyState>
            ) : (
              <ReasonTable reasons={reasons} scope={scope} />
            )
          }
        </Answered>
      </Card>
      {restored.length > 0 && <RestoredCard reasons={restored} scope={scope} />}
    </div>
  );
}

function ReasonTable({ reasons, scope }: { reasons: readonly Reason[]; scope: Scope }) {
  const canChange = mayManage(useSession());
  return (
    <table class="list-table is-stacked">
      <thead>
        <tr>
          <th scope="col">Reason</th>
          <th scope="col" class="number-cell">
            Events
          </th>
          <th scope="col" class="number-cell">
            Pageviews
          </th>
          <th scope="col" class="number-cell">
            Visitors
          </th>
          <th scope="col">Last seen</th>
          {canChange && (
            <th scope="col">
              <span class="unseen">Change</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {reasons.map((reason) => (
          <ReasonRow key={reason.reason} reason={reason} scope={scope} canChange={canChange} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { reason: Reason; scope: Scope; canChange: boolean };

function ReasonRow({ reason, scope: { site }, canChange }: RowProps) {
  const { reason: name, user_agents: agents, last_at: lastAt } = reason;
  const counts = { Events: reason.events, Pageviews: reason.pageviews, Visitors: reason.visitors };
  return (
    <tr data-reason={name}>
      <th scope="row">
        <bdi class="row-title">{name ?? '(no reason)'}</bdi>
        {agents?.map((agent) => (
          <p key={agent} class="row-note">
            <bdi>{agent}</bdi>
          </p>
        ))}
      </th>
      {Object.entries(counts).map(([title, value]) => (
        <td key={title} class="number-cell" data-title={title} title={formatFull(value, 'count')}>
          {formatShort(value, 'count')}
        </td>
      ))}
      <td class="time-cell" data-title="Last seen">
        {formatMoment(lastAt, site.timezone)}
      </td>
      {canChange && <td>{name !== null && <JudgeButton site={site.site} reason={name} isHuman />}</td>}
    </tr>
  );
}

function RestoredCard({ reasons, scope: { site } }: { reasons: readonly Judged[]; scope: Scope }) {
  const canChange = mayManage(useSession());
  return (
    <Card title="Counted as people all the same">
      <table class="list-table">
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col" class="number-cell">
              Events, all time
            </th>
            {canChange && (
              <th scope="col">
                <span class="unseen">Change</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {reasons.map(({ reason, events }) => (
            <tr key={reason} data-restored={reason}>
              <th scope="row">
                <bdi class="row-title">{reason}</bdi>
              </th>
              <td class="number-cell">{formatFull(events, 'count')}</td>
              {canChange && (
                <td class="number-cell">
                  <JudgeButton site={site.site} reason={reason} isHuman={false} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
