import { expect, test } from 'vitest';
import { remember } from '../../../src/ingest/enrich/remember.js';

test('an answer is computed once, and the one used longest ago is forgotten first', () => {
  const computed: string[] = [];
  const recall = remember<string>({ maxEntries: 2 });
  const ask = (key: string) =>
    recall(key, () => {
      computed.push(key);
      return key.toUpperCase();
    });
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(ask)).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
  expect(computed).toEqual(['a', 'b', 'c', 'b']);
});
