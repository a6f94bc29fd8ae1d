import type { Transaction } from '../db/database.js';
import { Refusal } from '../refusal.js';
import { compileCount, compileHeldPage, compilePage } from './compile/compile-page.js';
import { compileQuestion, type Question, type SourceName, type Statement } from './compile/compile-query.js';
import { bucketName } from './compile/core.js';
import { labelSeries } from './compile/fill-time.js';
import { writeCursor } from './cursor.js';
import { describeMeta, type Meta, warnOfMoney } from './describe-meta.js';
import { fetchRows } from './fetch-rows.js';
import { type AnswerRow, changeOf, emptyValue, formatRow } from './format-answer.js';
import { bucketLabel } from './period/buckets.js';
import {
  heldRows,
  type PrepareDeps,
  type Prepared,
  prepareQuery,
  readsRollupsAlone,
} from './prepare-query.js';
import { createRawScope } from './raw-scope.js';
import { isTime, type Query } from './read-query.js';
import { checkPatterns, runGuarded } from './run-guarded.js';

export type SiteAnswer = { results: AnswerRow[]; meta: Meta; prepared: Prepared };

/** Answers a query about one site, in one transaction that sees this site alone. */
export async function answerQuery(deps: PrepareDeps, query: Query, site: string): Promise<SiteAnswer> {
  return runGuarded(async () => {
    await checkPatterns(deps.database, site, query.filters);
    const prepared = await prepareQuery(deps, query, site);
    const database = readsRollupsAlone(prepared.question) ? deps.database : deps.database.scanning();
    return database.withSite(site, (tx) => readAnswer(tx, query, prepared));
  });
}

async function readAnswer(tx: Transaction, query: Query, prepared: Prepared): Promise<SiteAnswer> {
  await prepareTransaction(tx, prepared.question);
  const { rows, hasMore, source } = await readPage(tx, query, prepared);
  const results = rows.map((row) => formatRow(row, query));
  const meta = describeMeta(query, prepared, source);
  const warnings = warnOfMoney(
    query,
    results,
    rows.flatMap((row) => query.metrics.map((_, at) => row[`c${at}`] ?? null)),
  );
  if (warnings) meta.metric_warnings = warnings;
  await includeMore(tx, { query, prepared, meta, results });
  const last = rows.at(-1)?.sort;
  if (hasMore && last && query.pagination.offset === undefined) {
    meta.next_cursor = writeCursor({ after: last, now: prepared.now }, query);
  }
  return { results, meta, prepared };
}

/** Settings of a transaction that answers a query. Times are written in the timezone of the question. */
export async function prepareTransaction(tx: Transaction, { timezone }: Question): Promise<void> {
  await tx.query(
    `select set_config('TimeZone', $1::text, true), set_config('work_mem', '32MB', true), set_config('jit', 'off', true)`,
    [timezone],
  );
}

type PageRow = Record<string, unknown> & { sort?: (string | null)[]; page_rows?: number };
type PageRows = { rows: PageRow[]; hasMore: boolean; source: SourceName };

async function readPage(tx: Transaction, query: Query, { question, page }: Prepared): Promise<PageRows> {
  const statement = compileQuestion(question);
  const limit = heldRows(query);
  const sql = compileHeldPage(statement, { ...page, limit: limit + 1 }, question.dimensions.length);
  const rows = await tx.query<PageRow>(sql, statement.scope.parameters.values);
  if ((rows[0]?.page_rows ?? rows.length) > rows.length) throw refuseSize();
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit, source: statement.source };
}

function refuseSize(): Refusal {
  return new Refusal(422, 'too_large', 'the answer is larger than 16 MiB', {
    hint: 'ask for fewer rows, or stream it with "accept: application/x-ndjson"',
  });
}

type Included = { query: Query; prepared: Prepared; meta: Meta; results: AnswerRow[] };

async function includeMore(tx: Transaction, { query, prepared, meta, results }: Included): Promise<void> {
  const { include } = query;
  const { question, compared } = prepared;
  if (include.total_rows) meta.total_rows = await countRows(tx, compileQuestion(question));
  if (include.time_labels) meta.time_labels = await readLabels(tx, question);
  if (include.bots) meta.bots.events = await countBots(tx, question);
  if (compared) {
    meta.comparison_date_range = [compared.period.startAt, compared.period.endAt];
    await addComparison(tx, { query, question, compared, results });
  }
}

async function countRows(tx: Transaction, statement: Statement): Promise<number> {
  const [row] = await tx.query<{ total: number }>(compileCount(statement), statement.scope.parameters.values);
  return row?.total ?? 0;
}

/** The labels of all buckets of a question's period, in order. */
async function readLabels(tx: Transaction, question: Question): Promise<string[]> {
  const time = question.dimensions.find(isTime);
  if (time === undefined) return [];
  const scope = createRawScope(question.site, question.period);
  const bucket = bucketName(time);
  const rows = await tx.query<{ label: string }>(
    `/* answer-query.readLabels */
     select ${bucketLabel(bucket, 'bucket')} as label from (${labelSeries(question, bucket, scope)}) b order by bucket`,
    scope.parameters.values,
  );
  return rows.map(({ label }) => label);
}

async function countBots(tx: Transaction, { site, period }: Question): Promise<number> {
  const scope = createRawScope(site, period);
  const [row] = await tx.query<{ events: number }>(
    `/* answer-query.countBots */
     select count(*) as events from footfall.events e where ${scope.botEventIn('e')}`,
    scope.parameters.values,
  );
  return row?.events ?? 0;
}

type Compared = { query: Query; question: Question; compared: Question; results: AnswerRow[] };

/** Puts the row of the other period beside each row: that of the same values, and of the bucket in the same place. */
async function addComparison(
  tx: Transaction,
  { query, question, compared, results }: Compared,
): Promise<void> {
  const [labels, others] = [await readLabels(tx, question), await readLabels(tx, compared)];
  const wanted = new Map<string, AnswerRow>();
  for (const row of results) wanted.set(keyOf(toOther(row.dimensions, question, { labels, others })), row);
  await readCompared(tx, { ...compared, fillsTime: false }, (found) => {
    const other = formatRow(found, query);
    const row = wanted.get(keyOf(other.dimensions));
    if (row) row.comparison = { ...other, change: [] };
  });
  for (const row of results)
    completeComparison(row, query, toOther(row.dimensions, question, { labels, others }));
}

const anyOrder = { limit: undefined, offset: 0, after: undefined };

// All groups, of which few may be wanted: a cursor, so that they are never held at once.
async function readCompared(
  tx: Transaction,
  compared: Question,
  take: (row: Record<string, unknown>) => void,
): Promise<void> {
  const statement = compileQuestion(compared);
  const sql = compilePage({ ...statement, sort: [] }, anyOrder);
  const { values } = statement.scope.parameters;
  // The server runs no cursor in parallel, and a total is one row.
  if (compared.dimensions.length === 0) return (await tx.query(sql, values)).forEach(take);
  for await (const rows of fetchRows(tx, sql, values)) rows.forEach(take);
}

type Labels = { labels: string[]; others: string[] };

function toOther(dimensions: AnswerRow['dimensions'], question: Question, { labels, others }: Labels) {
  return dimensions.map((value, at) => {
    const isBucket = isTime(question.dimensions[at] ?? '');
    return isBucket ? (others[labels.indexOf(value ?? '')] ?? null) : value;
  });
}

function completeComparison(row: AnswerRow, query: Query, dimensions: AnswerRow['dimensions']): void {
  const empty = { dimensions, metrics: query.metrics.map(emptyValue) };
  const other = row.comparison ?? empty;
  const change = query.metrics.map((metric, at) =>
    changeOf(metric, row.metrics[at] ?? null, other.metrics[at] ?? null),
  );
  row.comparison = { ...other, change };
}

function keyOf(dimensions: AnswerRow['dimensions']): string {
  return JSON.stringify(dimensions);
}
