import { formatFull, formatShort } from '../../format/numbers.js';
import { addressWith, follow } from '../../state/address.js';

/** Visits that went from one page to the next; the step counts from the anchor, negative before it. */
export type Link = { step: number; from: string | null; to: string | null; sessions: number };

type Node = { page: string | null; sessions: number };
type Column = { step: number; nodes: Node[]; sessions: number };

const shownNodes = 7;

type Props = { sessions: number; links: readonly Link[]; isBackward: boolean };

/** A column a step: its pages, the most visited first, each as wide as its part of all visits; what is left over ended. */
export function PathFlow({ sessions, links, isBackward }: Props) {
  const columns = columnsOf(links, { sessions, isBackward });
  return (
    <div class="flow">
      {columns.map((column, at) => (
        <FlowColumn
          key={column.step}
          column={column}
          total={sessions}
          title={isBackward ? nameBefore(column.step) : nameAfter(at)}
        />
      ))}
    </div>
  );
}

const nameAfter = (at: number) => (at === 0 ? 'Start' : `Page ${at + 1}`);
const nameBefore = (step: number) => (step === 0 ? 'Target' : `${-step} before`);

// Visits that saw one page alone have no link: the anchor's column is as large as all visits.
function columnsOf(links: readonly Link[], all: { sessions: number; isBackward: boolean }): Column[] {
  const [anchorEnd, otherEnd] = all.isBackward ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const anchorStep = all.isBackward ? -1 : 0;
  const anchor = sumNodes(
    links.filter(({ step }) => step === anchorStep),
    anchorEnd,
  );
  const steps = [...new Set(links.map(({ step }) => step))];
  const others = steps.map((step) => {
    const nodes = sumNodes(
      links.filter((link) => link.step === step),
      otherEnd,
    );
    return { step: all.isBackward ? step : step + 1, nodes, sessions: totalOf(nodes) };
  });
  return [{ step: 0, nodes: anchor, sessions: all.sessions }, ...others].sort((a, b) => a.step - b.step);
}

function sumNodes(links: readonly Link[], end: 'from' | 'to'): Node[] {
  const counts = new Map<string | null, number>();
  for (const link of links) counts.set(link[end], (counts.get(link[end]) ?? 0) + link.sessions);
  return [...counts].map(([page, sessions]) => ({ page, sessions })).sort((a, b) => b.sessions - a.sessions);
}

function totalOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, { sessions }) => sum + sessions, 0);
}

function FlowColumn({ column, total, title }: { column: Column; total: number; title: string }) {
  const { nodes, sessions, step } = column;
  const rest = totalOf(nodes.slice(shownNodes));
  return (
    <section class="flow-column" aria-label={title}>
      <h3>
        {title} <span class="row-note">{formatShort(sessions, 'count')}</span>
      </h3>
      <ol>
        {nodes.slice(0, shownNodes).map((node) => (
          <FlowNode key={node.page} node={node} total={total} isAnchor={step === 0} />
        ))}
        {rest > 0 && (
          <li class="flow-rest">
            {formatShort(nodes.length - shownNodes, 'count')} other pages: {formatShort(rest, 'count')}
          </li>
        )}
        {step === 0 && sessions > totalOf(nodes) && (
          <li class="flow-rest">{formatShort(sessions - totalOf(nodes), 'count')} saw no other page</li>
        )}
      </ol>
    </section>
  );
}

type NodeProps = { node: Node; total: number; isAnchor: boolean };

function FlowNode({ node: { page, sessions }, total, isAnchor }: NodeProps) {
  const change = { from_page: page, to_page: null };
  const label = <bdi>{page ?? '(no page)'}</bdi>;
  return (
    <li class={isAnchor ? 'flow-node is-anchor' : 'flow-node'} style={{ '--share': sessions / total }}>
      {page === null ? (
        <span class="flow-page">{label}</span>
      ) : (
        <a
          class="flow-page"
          href={addressWith(change)}
          title={`Go on from ${page}`}
          onClick={(event) => follow(event, change)}
        >
          {label}
        </a>
      )}
      <span class="flow-count" title={formatFull(sessions, 'count')}>
        {formatShort(sessions, 'count')}{' '}
        <span class="row-note">{formatFull((100 * sessions) / total, 'percent')}</span>
      </span>
    </li>
  );
}
