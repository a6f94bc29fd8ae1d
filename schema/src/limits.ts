/** Limits of the wire format, in UTF-8 bytes unless the name says otherwise. The collector checks, the SDK cuts. */

export const maxWireBytes = 262_144;
export const maxInflatedBytes = 1_048_576;
export const maxBatchEvents = 500;
export const maxEventBytes = 32_768;
export const maxDepth = 16;
export const maxKeys = 256;
export const maxStringBytes = 8_192;
export const maxUrlBytes = 2_048;
export const maxNameBytes = 200;
/** Of the value of an event, either way: sums of squares of many of them are still numbers. */
export const maxValue = 1e15;
export const maxUserAgentChars = 512;
export const maxIdChars = 128;

/** A browser event older than this is refused as too_old; its partition may already be frozen. */
export const maxAgeDays = 35;

/** Beyond this distance between two of the three clocks an event takes the odd-clock path. */
export const oddClockMs = 3_600_000;

/** A gap in activity longer than this ends a session. */
export const sessionGapMs = 1_800_000;

/** No session is longer than this. */
export const sessionMaxMs = 86_400_000;

/** Time in sight that one engagement event may tell: a screen on a wall is hidden once in weeks. */
export const maxEngagedMs = maxAgeDays * 86_400_000;

/** Of the errors that one event stands for: sums of them still fit a bigint. */
export const maxRepeats = 1_000_000_000;
