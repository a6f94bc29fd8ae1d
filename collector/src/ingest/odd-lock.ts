import { createHash } from 'node:crypto';

/**
 * The advisory lock that every commit holds: shared, or alone where it has odd events. A regular and an odd copy of one
 * event must not be in flight together: neither would see the other.
 */
export const oddLock = BigInt.asIntN(
  64,
  createHash('sha256').update('footfall odd events').digest().readBigUInt64BE(),
);
