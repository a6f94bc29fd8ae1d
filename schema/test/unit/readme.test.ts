import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { eventSchema } from '../../src/event.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const schema = z.toJSONSchema(eventSchema, { unrepresentable: 'any' });

type Described = { properties?: { type?: { const?: string }; props?: { properties?: object } } };

it('describes every type of event and every property that the schema names', () => {
  const types = (schema.oneOf ?? schema.anyOf ?? []) as Described[];
  expect(types.length).toBeGreaterThan(10);
  for (const { properties } of types) {
    const row = readme
      .split('\n')
      .find((line) => line.startsWith('|') && line.includes(properties?.type?.const ?? '?'));
    expect(row, properties?.type?.const).toBeDefined();
    for (const name of Object.keys(properties?.props?.properties ?? {})) {
      const text = /element(;|\.)/.test(row ?? '')
        ? `${row} \`tag\` \`elementId\` \`classes\` \`selector\``
        : row;
      expect(text, `${properties?.type?.const}.${name}`).toContain(`\`${name}\``);
    }
  }
});
