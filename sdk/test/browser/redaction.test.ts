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

it('redacts in the minified bundle what the rules redact in their source, over all published cases', async () => {
  const values = read<{ value: string }>('value-cases').map(({ value }) => value);
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
  expect(events.map(({ props }) => props)).toEqual([
    ...values.map((value) => ({ value: redactText(value) })),
    ...names.map((name) => ({ [redactText(name)]: isSensitiveName(name) ? redacted : 'x' })),
  ]);
});
