import type { EngineName } from '../engines/engine.js';
import type { Scenario } from './scenarios.js';

/** Per engine and scenario: how many events were captured and how many of them are stored, once and in order. */
export type Counts = { captured: number; stored: number };

/** The matrix as a table of Markdown: a row a scenario, a column an engine. */
export function describeMatrix(scenarios: Scenario[], counts: Map<EngineName, Map<string, Counts>>): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const engines = [...counts.keys()];
  const rows = scenarios.map((scenario) =>
    row([scenario.title, ...engines.map((engine) => cellOf(engine, scenario, counts.get(engine)))]),
  );
  return [row(['what happens', ...engines]), `|${'---|'.repeat(engines.length + 1)}`, ...rows].join('\n');
}

function cellOf(engine: EngineName, { title, absent }: Scenario, counts?: Map<string, Counts>): string {
  const lack = absent?.[engine];
  if (lack) return `[has none](${lack.source})`;
  const { captured, stored } = counts?.get(title) ?? { captured: 0, stored: 0 };
  return `${stored}/${captured}`;
}
