/** Milliseconds since 1970 and, in the 12 bits below them, a counter (RFC 9562, section 6.2). */
let last = 0;

const second = 1000 * 0x1000;

/** 7 is the version and 8 the variant (RFC 9562, section 5.7); fifteen digits of time and counter, fifteen of chance. */
const template = 'xxxxxxxx-xxxx-7xxx-8xxx-xxxxxxxxxxxx';

/**
 * A UUIDv7 that sorts after every earlier one of this page, so that the order of the keys in storage is the order of
 * the events. Beyond 4096 ids in a millisecond the time runs ahead. A clock that was set back by more than a second
 * is followed.
 */
export function nextId(nowMs = Date.now()): string {
  const now = nowMs * 0x1000;
  last = now > last || last - now > second ? now : last + 1;
  const time = last.toString(16).padStart(15, '0');
  const random = crypto.getRandomValues(new Uint8Array(31));
  let at = 0;
  return template.replace(/x/g, () => time[at++] ?? ((random[at] ?? 0) & 15).toString(16));
}
