const versionAt = 14;
const derivedVersion = '8';

/**
 * The id of a session that no browser named: that of its first event, as a UUID of version 8. Events are of version 7 and
 * a browser's id of version 8 is not honoured, so that no two sessions can ever meet under one id.
 */
export function deriveSessionId(eventId: string): string {
  return eventId.slice(0, versionAt) + derivedVersion + eventId.slice(versionAt + 1);
}

/** Whether an id is one that only the collector makes. */
export function isDerivedSessionId(sessionId: string): boolean {
  return sessionId[versionAt] === derivedVersion;
}
