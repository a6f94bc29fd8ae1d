import { isUuidv7, timeOfUuidv7 } from '@footfall/schema/ids';
import { expect, test } from 'vitest';
import { createEventIds } from '../../../src/imports/event-id.js';

const time = Date.parse('2015-05-17T10:05:03Z');
const line = { text: 'a line', time };

test('the id of a line holds its time, and is the same in every import', () => {
  const id = createEventIds('shop')(line);
  expect(isUuidv7(id)).toBe(true);
  expect(timeOfUuidv7(id)).toBe(time);
  expect(createEventIds('shop')(line)).toBe(id);
  // SHA-256 of "shop\n1\na line", so that an id of last year stays the id of next year.
  expect(id).toBe('014d6155-8098-740d-b150-5aa35769000a');
});

test('identical lines are told apart by their order, in every import alike', () => {
  const first = createEventIds('shop');
  const second = createEventIds('shop');
  const ids = [first(line), first({ text: 'another', time }), first(line), first(line)];
  expect(new Set(ids).size).toBe(4);
  expect([second(line), second(line), second(line)]).toEqual([ids[0], ids[2], ids[3]]);
});

test('another site has other ids', () => {
  expect(createEventIds('blog')(line)).not.toBe(createEventIds('shop')(line));
});

test('twins are told apart with 99,999 other lines between them', () => {
  const eventIdOf = createEventIds('shop');
  const first = eventIdOf(line);
  for (let i = 0; i < 99_999; i++) eventIdOf({ text: `line ${i}`, time });
  expect(eventIdOf(line)).not.toBe(first);
});
