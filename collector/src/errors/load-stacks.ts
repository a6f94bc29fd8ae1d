import type { Transaction } from '../db/database.js';
import type { Parameters } from '../query/parameters.js';
import { groupSignatures } from './group-signatures.js';
import { type Signature, signatureOf } from './signature.js';

/** Of an error event, all that grouping reads of it, as one text: `key` of a stack. */
export function stackKey(row: string): string {
  const props = ['errorType', 'message', 'stack', 'source', 'line', 'column'].map(
    (name) => `${row}.props -> '${name}'`,
  );
  return `md5(jsonb_build_array(${row}.release, ${row}.browser, ${props.join(', ')})::text)`;
}

/** The same error of the same browser and release, seen one or many times. */
export type Stack = {
  key: string;
  type: string | null;
  message: string | null;
  stack: string | null;
  source: string | null;
  line: number | null;
  column: number | null;
  release: string | null;
  browser: string | null;
  events: number;
  first_seen: Date;
  last_seen: Date;
};

/** Stacks of one bug. */
export type Bug = { id: string; signatures: Set<string>; stacks: Stack[] };

/** Beyond these the rarest stacks of a site are not read. */
export const maxStacks = 5_000;

// Of the same key, whatever its site, the signature is the same: reading frames is most of the work.
const known = new Map<string, Signature>();
const maxKnown = 20_000;

function recall(stack: Stack): Signature {
  const found = known.get(stack.key) ?? signatureOf(stack);
  if (known.size >= maxKnown) known.clear();
  known.set(stack.key, found);
  return found;
}

/**
 * All bugs of a site, of every error that is stored: grouping looks at all of them, so that a bug is the same one in
 * every range. It reads an index of error events alone.
 */
export async function loadBugs(tx: Transaction, site: string): Promise<Bug[]> {
  const stacks = await loadStacks(tx, site);
  const signatures = stacks.map(recall);
  const groupOf = groupSignatures(signatures);
  const bugs = new Map<string, Bug>();
  for (const [index, stack] of stacks.entries()) {
    const signature = signatures[index]?.id ?? '';
    const id = groupOf.get(signature) ?? signature;
    const bug = bugs.get(id) ?? { id, signatures: new Set(), stacks: [] };
    bug.signatures.add(signature);
    bug.stacks.push(stack);
    bugs.set(id, bug);
  }
  return [...bugs.values()];
}

function loadStacks(tx: Transaction, site: string): Promise<Stack[]> {
  const text = (name: string) => `min(e.props ->> '${name}')`;
  const integer = (name: string) =>
    `min(case when jsonb_typeof(e.props -> '${name}') = 'number' then floor((e.props ->> '${name}')::numeric) end)::float8`;
  return tx.query<Stack>(
    `/* load-stacks.loadStacks */
     select ${stackKey('e')} as key, ${text('errorType')} as type, ${text('message')} as message,
       ${text('stack')} as stack, ${text('source')} as source, ${integer('line')} as line,
       ${integer('column')} as column, min(e.release) as release, min(e.browser) as browser,
       count(*) as events, min(e.occurred_at) as first_seen, max(e.occurred_at) as last_seen
     from footfall.events e where e.site = $1::text and e.type = 'error' and not e.is_bot
     group by 1 order by events desc, key limit $2::integer`,
    [site, maxStacks],
  );
}

/** What was counted of a bug in the range and under the filters of a request. */
export type BugCount = {
  id: string;
  events: number;
  occurrences: number;
  sessions: number;
  visitors: number;
  last_in_range: Date;
};

/** Counts the events of each bug in one statement; `hits` is what stands behind `from`, `condition` behind `where`. */
export function countBugs(
  tx: Transaction,
  bugs: readonly Bug[],
  { hits, condition, parameters }: { hits: string; condition: string; parameters: Parameters },
): Promise<BugCount[]> {
  const pairs = bugs.flatMap(({ id, stacks }) => stacks.map(({ key }) => [key, id] as const));
  const keys = parameters.bind(
    pairs.map(([key]) => key),
    'text[]',
  );
  const ids = parameters.bind(
    pairs.map(([, id]) => id),
    'text[]',
  );
  return tx.query<BugCount>(
    `/* load-stacks.countBugs */
     with bugs as materialized (select * from unnest(${keys}, ${ids}) as b (key, id))
     select b.id, count(*) as events, count(distinct h.session_id) as sessions, count(distinct h.visitor_id) as visitors,
       sum(1 + coalesce(h.repeats, 0))::bigint as occurrences, max(h.occurred_at) as last_in_range
     from (
       select ${stackKey('e')} as key, e.session_id, e.visitor_id, e.occurred_at,
         case when jsonb_typeof(e.props -> 'repeats') = 'number' then (e.props ->> 'repeats')::numeric end as repeats
       from ${hits} where ${condition} and e.type = 'error'
     ) h join bugs b on b.key = h.key
     group by b.id order by occurrences desc, b.id`,
    parameters.values,
  );
}
