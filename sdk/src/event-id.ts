/** Milliseconds since 1970 and, in the 12 bits below them, a counter (RFC 9562, section 6.2). */
let last = 0;

const second = 1000 * 0x1000;

/**
 * A UUIDv7 that sorts after every earlier one of this page, so that the order of the keys in storage is the order of
 * the events. Beyond 4096 ids in a millisecond the time runs ahead. A clock that was set back by more than a second
 * is followed.
 */
export function nextId(nowMs = Date.now()): string {
  const now = nowMs * 0x1000;
  last = now > last || last - now > second ? now : last + 1;
  // Not Array.from(), which Prototype.js and MooTools replace by one that calls no function.
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  // 7 is the version and 8 the variant (RFC 9562, section 5.7); the last digit of chance has no place.
  return (hex(last, 15) + hex(high, 8) + hex(low, 8)).replace(
    /(.{8})(.{4})(...)(...)(.{12})./,
    '$1-$2-7$3-8$4-$5',
  );
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
