/** Why a single event was refused. */
export const rejectionCodes = [
  'bad_id',
  'bad_type',
  'bad_name',
  'bad_ts',
  'too_old',
  'too_deep',
  'too_many_keys',
  'too_large',
  'not_object',
  'schema',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

export type Rejection = { index: number; id: string | null; code: RejectionCode; message: string };

/** The answer to a batch whose events are durable. The counts, absent ones as zero, add up to the events of the batch. */
export type BatchAnswer = {
  accepted: number;
  duplicate: number;
  rejected: Rejection[];
  /** Not stored, as the rules of the site ask: its owner's own visits, its test host. There is nothing to send again. */
  excluded?: number;
  /** Milliseconds since 1970. */
  serverTime: number;
};

/** The body of every answer that is not a success. */
export type ErrorAnswer = {
  error: { code: string; message: string; path?: string; expected?: string; hint?: string };
};
