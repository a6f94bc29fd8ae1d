import { crc32 } from 'node:zlib';

const newline = 0x0a;
const headerPattern = /^(\d{1,9}) ([0-9a-f]{8}) /;
const maxHeaderBytes = 20;

/** One line of a segment: `length crc json`, both of the bytes of the JSON, the CRC-32 in hexadecimal. */
export function encodeRecord(json: string): Buffer {
  const body = Buffer.from(json);
  const crc = crc32(body).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${body.byteLength} ${crc} `), body, Buffer.from('\n')]);
}

export type Records = {
  /** The JSON of each whole record, in order. */
  whole: string[];
  /** Lines that were written whole, and changed since; without their line break. */
  damaged: Buffer[];
  /** Where a last record begins that was never written whole, and so never acknowledged. */
  tornAt: number | undefined;
};

/** Reads the records of a segment. What is damaged costs itself alone: JSON holds no line break, so the next line is found. */
export function decodeRecords(bytes: Buffer): Records {
  const records: Records = { whole: [], damaged: [], tornAt: undefined };
  let at = 0;
  while (at < bytes.byteLength) {
    const record = readRecord(bytes, at);
    const lineEnd = bytes.indexOf(newline, at);
    if (record !== undefined) records.whole.push(record.json);
    else if (lineEnd === -1) records.tornAt = at;
    else records.damaged.push(bytes.subarray(at, lineEnd));
    at = record?.end ?? (lineEnd === -1 ? bytes.byteLength : lineEnd + 1);
  }
  return records;
}

// By its length, not by its line: where the line break itself is damaged, the record before it is whole.
function readRecord(bytes: Buffer, at: number): { json: string; end: number } | undefined {
  const header = headerPattern.exec(bytes.toString('latin1', at, at + maxHeaderBytes));
  if (!header) return undefined;
  const start = at + header[0].length;
  const end = start + Number(header[1]);
  const body = bytes.subarray(start, end);
  if (end > bytes.byteLength || crc32(body) !== Number.parseInt(header[2] ?? '', 16)) return undefined;
  return { json: body.toString('utf8'), end: end + 1 };
}
