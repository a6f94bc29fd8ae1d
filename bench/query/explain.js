/** Writes the plans of the ten most used queries, as a reader of one site gets them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePage } from '../../collector/dist/query/compile/compile-page.js';
import { compileQuestion } from '../../collector/dist/query/compile/compile-query.js';
import { compileTogether } from '../../collector/dist/query/compile/compile-together.js';
import { askAll } from '../../collector/dist/query/overview-questions.js';
import { createRawScope } from '../../collector/dist/query/raw-scope.js';
import { site } from './generate.js';

const plain = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'];
const germany = [['is', 'visit:country', ['DE']]];

const queries = {
  overview: { isOverview: true, useRollups: true },
  'overview-of-one-country': { isOverview: true, filters: germany },
  'totals-rollups': { metrics: plain, useRollups: true },
  'totals-events': { metrics: plain },
  'pages-rollups': { metrics: ['visitors', 'pageviews'], dimensions: ['event:page'], useRollups: true },
  'pages-events': { metrics: ['visitors', 'pageviews'], dimensions: ['event:page'] },
  'sources-rollups': { metrics: ['visitors', 'visits'], dimensions: ['visit:source'], useRollups: true },
  'sources-events': { metrics: ['visitors', 'visits'], dimensions: ['visit:source'] },
  'goal-by-source': {
    metrics: ['visitors', 'conversion_rate'],
    dimensions: ['visit:source'],
    filters: [['is', 'event:goal', ['signup']]],
  },
  'hours-events': { metrics: ['visitors'], dimensions: ['time:hour'] },
};

export async function explainQueries(client, directory) {
  mkdirSync(directory, { recursive: true });
  for (const [name, query] of Object.entries(queries)) {
    const { sql, values } = compile(query);
    await client.query(
      `begin; set local role footfall_reader; set local app.site = '${site}'; set local work_mem = '32MB'; set local jit = off`,
    );
    const { rows } = await client.query(
      `explain (analyze, costs off, timing off, summary off) ${sql}`,
      values,
    );
    await client.query('rollback');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    writeFileSync(
      join(directory, `${name}.txt`),
      `${sql.replace(/^ +$/gm, '')}\n\n${JSON.stringify(values)}\n\n${plan}\n`,
    );
  }
}

function compile(query) {
  const question = questionOf(query);
  if (!query.isOverview) {
    const { sql, scope, sort } = compileQuestion(question);
    const page = { limit: 10, offset: 0, after: undefined };
    return { sql: compilePage({ sql, scope, sort }, page), values: scope.parameters.values };
  }
  const scope = createRawScope(site, question.period);
  const sql = compileTogether(askAll(question), scope);
  return { sql, values: scope.parameters.values };
}

// Seven days: what lies in other partitions is not in the plan.
function questionOf({ metrics = [], dimensions = [], filters = [], useRollups = false }) {
  const today = Date.parse(new Date().toISOString().slice(0, 10));
  const day = (back) => new Date(today - back * 86_400_000).toISOString();
  const days = { from: day(7).slice(0, 10), to: day(1).slice(0, 10) };
  return {
    site,
    metrics,
    dimensions,
    filters,
    useRollups,
    goals: [],
    orderBy: undefined,
    fillsTime: false,
    timezone: 'UTC',
    siteTimezone: 'UTC',
    weekStart: 1,
    period: { startAt: day(7), endAt: day(0), days },
  };
}
