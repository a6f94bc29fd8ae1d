/** Milliseconds since 1970 and, in the 12 bits below them, a counter (RFC 9562, section 6.2). */
let last = 0;

const second = 1000 * 0x1000;

/**
 * A UUIDv7 that sorts after every earlier one of this page, so that the order of the keys in storage is the order of
 * the events. The counter starts in the lower half of its bits, which leaves 2048 ids in a millisecond before the
 * time runs ahead. A clock that was set back by more than a second is followed.
 */
export function nextId(nowMs = Date.now()): string {
  const [counter = 0, high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(3));
  const now = nowMs * 0x1000;
  last = now > last || last - now > second ? now + (counter & 0x7ff) : last + 1;
  const time = last.toString(16).padStart(15, '0');
  // The two highest bits are the variant, 10.
  const random = (0x8000_0000 + (high & 0x3fff_ffff)).toString(16) + low.toString(16).padStart(8, '0');
  return `${time.slice(0, 12)}7${time.slice(12)}${random}`.replace(
    /(.{8})(.{4})(.{4})(.{4})/,
    '$1-$2-$3-$4-',
  );
}
