import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecords, encodeRecord } from '../../../src/spool/record.js';

const texts = ['{"a":1}', '{"text":"ü \\n line"}', `{"long":"${'x'.repeat(300)}"}`, '{}'];
const segment = Buffer.concat(texts.map(encodeRecord));

test('a record is one line: length, CRC-32 and JSON', () => {
  // The check value of CRC-32 is that of "123456789": cbf43926.
  expect(encodeRecord('123456789').toString()).toBe('9 cbf43926 123456789\n');
});

test('what was written is read back in order', () => {
  expect(decodeRecords(segment)).toEqual({ whole: texts, damaged: [], tornAt: undefined });
  expect(decodeRecords(Buffer.alloc(0))).toEqual({ whole: [], damaged: [], tornAt: undefined });
});

test('a flipped bit anywhere costs at most the record that it is in', () => {
  for (let at = 0; at < segment.byteLength; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Buffer.from(segment);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
      const { whole } = decodeRecords(flipped);
      expect(texts.filter((text) => !whole.includes(text)).length).toBeLessThanOrEqual(1);
      expect(whole.filter((text) => !texts.includes(text))).toEqual([]);
    }
  }
});

test('a segment that ends anywhere keeps the records before its end, and says where the torn one begins', () => {
  let whole = 0;
  let start = 0;
  for (let end = 0; end < segment.byteLength; end += 1) {
    const next = Buffer.concat(texts.slice(0, whole + 1).map(encodeRecord)).byteLength;
    // The line break is not needed for a record to be whole.
    if (end >= next - 1) [whole, start] = [whole + 1, next];
    const read = decodeRecords(segment.subarray(0, end));
    expect(read.whole).toEqual(texts.slice(0, whole));
    expect(read.tornAt).toBe(end > start ? start : undefined);
    expect(read.damaged).toEqual([]);
  }
});

test('any bytes are read without an error, and nothing is made up', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeRecords(Buffer.from(bytes)).whole).toEqual([]);
    }),
  );
});
