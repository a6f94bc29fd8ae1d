import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitize } from '../../src/ingest/sanitize.js';

test('no JSON of a value is longer than the bytes that it is said to have at most', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const clean = sanitize({ value });
      if ('problem' in clean) return;
      expect(Buffer.byteLength(JSON.stringify(clean.value))).toBeLessThanOrEqual(clean.maxBytes);
    }),
    { numRuns: 300, examples: [[['\u0001'.repeat(9), -1.234567890123456e-300, { '\u001f': '\ud800' }]]] },
  );
});
