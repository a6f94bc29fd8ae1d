import { isIP } from 'node:net';
import { parseTime } from './parse-time.js';
import { unescapeField } from './unescape.js';

/** One request, as the server logged it. */
export type LogLine = {
  /** Of the site, where the log names it in front of the address. */
  virtualHost: string | null;
  address: string;
  /** Milliseconds since 1970. */
  time: number;
  /** The request line, such as "GET / HTTP/1.1"; bytes of any kind where the client spoke no HTTP. */
  request: string;
  status: number;
  referrer: string | null;
  /** Empty where the client sent none, null where the format has no such field. */
  userAgent: string | null;
};

export type Unreadable = { problem: string };

type Field = { text: string; isQuoted: boolean };

// The user may hold spaces and brackets: only the exact form of a time ends it.
const headPattern = /^(\S+) (\S+) (.*?) ?\[(\d\d\/[A-Z][a-z]{2}\/\d{4}(?::\d\d){3} [+-]\d{4})\]/s;
const fieldPattern = / +(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s"]\S*))/sy;

/**
 * Reads a line in common or combined log format (https://httpd.apache.org/docs/2.4/logs.html#accesslog), also with a
 * virtual host in front, and with more fields behind, which are left out.
 */
export function parseLine(text: string): LogLine | Unreadable {
  // Truncating a log that is being written leaves NULs in front of the next line; editors leave a byte order mark.
  const head = headPattern.exec(text.replace(/^[\0\ufeff]+/, ''));
  if (!head) return { problem: 'expected an address and [day/Month/year:hour:minute:second zone]' };
  const [start, first = '', second = '', , timeText = ''] = head;
  const time = parseTime(timeText);
  if (time === undefined || time < 0) return { problem: 'expected a time that exists, from 1970 on' };
  const fields = readFields(head.input, start.length);
  if (!fields) return { problem: 'expected the end of a quoted field' };
  return readRequest(fields, { ...readClient(first, second), time });
}

/** @returns nothing when a quote does not end */
function readFields(line: string, from: number): Field[] | undefined {
  const fields: Field[] = [];
  const end = line.trimEnd().length;
  for (let at = from; at < end; at = fieldPattern.lastIndex) {
    fieldPattern.lastIndex = at;
    const [, quoted, bare] = fieldPattern.exec(line) ?? [];
    const text = quoted ?? bare;
    if (text === undefined) return undefined;
    fields.push({ text, isQuoted: quoted !== undefined });
  }
  return fields;
}

/** Apache's vhost_combined writes host:port in front, others the host alone; an ident (RFC 1413) is never an address. */
function readClient(first: string, second: string): Pick<LogLine, 'address' | 'virtualHost'> {
  if (isIP(first) === 0 && (isIP(second) !== 0 || /:\d{1,5}$/.test(first))) {
    return { address: second, virtualHost: first.replace(/:\d{1,5}$/, '').toLowerCase() };
  }
  return { address: first, virtualHost: null };
}

function readRequest(
  [request, status, size, referrer, userAgent]: Field[],
  client: Pick<LogLine, 'address' | 'virtualHost' | 'time'>,
): LogLine | Unreadable {
  if (!request?.isQuoted) return { problem: 'expected the request in quotes behind the time' };
  if (!/^\d{3}$/.test(status?.text ?? ''))
    return { problem: 'expected a status of three digits behind the request' };
  if (!/^(\d+|-)$/.test(size?.text ?? '')) return { problem: 'expected a size or - behind the status' };
  return {
    ...client,
    request: unescapeField(request.text),
    status: Number(status?.text),
    referrer: readText(referrer) || null,
    userAgent: readText(userAgent),
  };
}

/** "-" is how servers write a header that was not sent. */
function readText(field: Field | undefined): string | null {
  if (!field?.isQuoted) return null;
  return field.text === '-' ? '' : unescapeField(field.text);
}
