import { Refusal } from '../refusal.js';
import { prepareTransaction } from './answer-query.js';
import { createChannel } from './channel.js';
import { compilePage } from './compile/compile-page.js';
import { compileQuestion } from './compile/compile-query.js';
import { fetchRows } from './fetch-rows.js';
import { formatRow } from './format-answer.js';
import { type PrepareDeps, type Prepared, prepareQuery } from './prepare-query.js';
import { nameOfMetric, type Query } from './read-query.js';
import { checkPatterns, runGuarded } from './run-guarded.js';
import { csvLine, csvTexts } from './write-csv.js';

export type StreamFormat = 'ndjson' | 'csv';

// Each holds a connection for as long as its client reads.
const maxStreams = 3;
const idleLimit = '60s';

/** Streams answers row by row, without a limit on their number and at constant memory. */
export type Streamer = (query: Query, format: StreamFormat) => Promise<ReadableStream<Uint8Array>>;

/** Makes a streamer for this collector: so many streams at once, and a refusal for any further one. */
export function createStreamer(deps: PrepareDeps): Streamer {
  let open = 0;
  return async function stream(query, format) {
    refuseUnstreamable(query);
    if (open >= maxStreams) throw refuseMore();
    open += 1;
    const rows = writeRows(deps, query, format);
    try {
      // What is wrong with a query shows before the first row: so that it can still be told.
      const first = await rows.next();
      return toStream(first, rows, () => {
        open -= 1;
      });
    } catch (error) {
      open -= 1;
      throw error;
    }
  };
}

function refuseMore(): Refusal {
  return new Refusal(429, 'busy', `expected at most ${maxStreams} streams at once`, { retryAfterSeconds: 5 });
}

function refuseUnstreamable({ include, pagination }: Query): void {
  if (include.comparisons) throw refuse('include.comparisons');
  if (pagination.cursor !== undefined) throw refuse('pagination.cursor');
}

function refuse(path: string): Refusal {
  return new Refusal(400, 'bad_query', `${path}: expected none in a stream of rows`, {
    path,
    hint: 'ask for application/json',
  });
}

async function* writeRows(deps: PrepareDeps, query: Query, format: StreamFormat): AsyncGenerator<string> {
  const names = [...query.dimensions, ...query.metrics.map(nameOfMetric)];
  let head = format === 'csv' ? csvTexts(query.isList ? ['site_id', ...names] : names) : '';
  for (const site of query.sites) {
    for await (const text of writeSite(deps, { query, site, format })) {
      yield head + text;
      head = '';
    }
  }
  if (head !== '') yield head;
}

type SiteStream = { query: Query; site: string; format: StreamFormat };

async function* writeSite(deps: PrepareDeps, { query, site, format }: SiteStream): AsyncGenerator<string> {
  await runGuarded(() => checkPatterns(deps.database, site, query.filters));
  const prepared = await runGuarded(() => prepareQuery(deps, query, site));
  const write = format === 'csv' ? csvLine : (row: object) => `${JSON.stringify(row)}\n`;
  const mark = query.isList ? { site_id: site } : {};
  for await (const rows of readRows(deps, prepared)) {
    yield rows.map((row) => write({ ...mark, ...formatRow(row, query) })).join('');
  }
}

type Rows = Record<string, unknown>[];

/** Turns the callback of a transaction inside out: it goes on when the next rows are asked for. */
async function* readRows({ database }: PrepareDeps, prepared: Prepared): AsyncGenerator<Rows> {
  const channel = createChannel<Rows>();
  const done = runGuarded(() =>
    database.withSite(prepared.site, async (tx) => {
      await prepareTransaction(tx, prepared.question);
      await tx.query(`set local idle_in_transaction_session_timeout = '${idleLimit}'`);
      const statement = compileQuestion(prepared.question);
      const sql = compilePage(statement, prepared.page);
      for await (const rows of fetchRows(tx, sql, statement.scope.parameters.values)) {
        if (!(await channel.offer(rows))) return;
      }
    }),
  ).then(channel.finish, channel.fail);
  try {
    for (let rows = await channel.take(); rows !== undefined; rows = await channel.take()) yield rows;
  } finally {
    channel.leave();
    await done;
  }
}

const encoder = new TextEncoder();

function toStream(
  first: IteratorResult<string>,
  rows: AsyncGenerator<string>,
  close: () => void,
): ReadableStream<Uint8Array> {
  let next: IteratorResult<string> | undefined = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        const result = next ?? (await rows.next());
        next = undefined;
        if (!result.done) return controller.enqueue(encoder.encode(result.value));
        close();
        controller.close();
      } catch (error) {
        close();
        controller.error(error);
      }
    },
    async cancel() {
      await rows.return(undefined);
      close();
    },
  });
}
