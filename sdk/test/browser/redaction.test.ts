import { readFileSync } from 'node:fs';
import { isSensitiveName } from '@footfall/schema/redact-name';
import { redacted, redactText } from '@footfall/schema/redact-text';
import { expect, it } from 'vitest';
import { eventsOf, useBrowser } from './setup.js';

const setUp = useBrowser();

function read<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

type Case = { kind: string; should_redact: boolean | null };
type ValueCase = Case & { value: string };

/** Of each kind, how many cases were redacted: of those that should be, and of those that should not. */
function rates(cases: ValueCase[], sent: unknown[]): string {
  const kinds = [...new Set(cases.map(({ kind }) => kind))].sort();
  const count = (kind: string, should: boolean) => {
    const mine = cases.flatMap((one, at) =>
      one.kind === kind && one.should_redact === should ? [sent[at] !== one.value] : [],
    );
    return mine.length ? `${mine.filter(Boolean).length}/${mine.length}` : '';
  };
  const rows = kinds.map((kind) => `| ${kind} | ${count(kind, true)} | ${count(kind, false)} |`);
  return ['| kind | redacted of what should be | of what should not be |', '|---|---|---|', ...rows].join(
    '\n',
  );
}

it('redacts in the minified bundle what the rules redact in their source, over all published cases', async () => {
  const cases = read<ValueCase>('value-cases');
  const values = cases.map(({ value }) => value);
  const names = read<{ field: { name?: string } }>('field-cases').flatMap(({ field }) => field.name ?? []);
  const { server, open } = await setUp();
  const page = await open();
  await page.evaluate(
    (all) => {
      for (const value of all.values) window.footfall?.track('value', { value });
      for (const name of all.names) window.footfall?.track('name', { [name]: 'x' });
    },
    { values, names },
  );
  const events = await eventsOf(server, 'custom', values.length + names.length);
  console.log(
    rates(
      cases,
      events.map(({ props }) => props?.value),
    ),
  );
  expect(events.map(({ props }) => props)).toEqual([
    ...values.map((value) => ({ value: redactText(value) })),
    ...names.map((name) => ({ [redactText(name)]: isSensitiveName(name) ? redacted : 'x' })),
  ]);
});
