import { expect, test } from 'vitest';
import { remember } from '../../../src/ingest/enrich/remember.js';

test('an answer is computed once, and one that was not used lately is forgotten first', () => {
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

test('at most so many answers are remembered, and none that is undefined', () => {
  const computed: string[] = [];
  const recall = remember<string | undefined>({ maxEntries: 10 });
  const ask = (key: string) =>
    recall(key, () => {
      computed.push(key);
      return key === 'none' ? undefined : key;
    });
  for (let round = 0; round < 3; round += 1) for (let at = 0; at < 11; at += 1) ask(`key ${at}`);
  expect(computed).toHaveLength(33);
  expect([ask('none'), ask('none'), ask('key 10')]).toEqual([undefined, undefined, 'key 10']);
  expect(computed.slice(33)).toEqual(['none', 'none']);
});
