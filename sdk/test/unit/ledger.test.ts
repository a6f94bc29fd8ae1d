import { expect, it } from 'vitest';
import { createLedger, sumOf } from '../../src/ledger.js';
import { openStore } from '../../src/store.js';

function twoTabs() {
  const store = openStore('p.', false);
  return [createLedger(store), createLedger(store)];
}

it('sums what the tabs counted', () => {
  const [first, second] = twoTabs();
  first?.drop('a', 2);
  second?.drop('a');
  second?.drop('b');
  second?.drops();
  expect(sumOf(first?.drops() ?? [])).toEqual({ a: 3, b: 1 });
});

it('takes off only what arrived', () => {
  const [ledger] = twoTabs();
  ledger?.drop('a', 2);
  const sent = ledger?.drops() ?? [];
  ledger?.drop('a');
  ledger?.drop('b');
  ledger?.settle(sent);
  expect(sumOf(ledger?.drops() ?? [])).toEqual({ a: 1, b: 1 });
});

it('says nothing when nothing was dropped', () => {
  const [ledger] = twoTabs();
  expect(sumOf(ledger?.drops() ?? [])).toBeUndefined();
});

it('does not go below nothing when it was cleared before an answer came', () => {
  const [ledger] = twoTabs();
  ledger?.drop('a', 2);
  const sent = ledger?.drops() ?? [];
  ledger?.clear();
  ledger?.settle(sent);
  expect(sumOf(ledger?.drops() ?? [])).toBeUndefined();
});
