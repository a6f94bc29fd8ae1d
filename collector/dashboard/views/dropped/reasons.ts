const reasons: Record<string, string> = {
  bad_id: 'the id is no UUID of version 7',
  bad_type: 'the type is not known',
  bad_name: 'the name is missing or too long',
  bad_ts: 'the time is missing or no time',
  too_old: 'it came later than 35 days after it happened',
  too_deep: 'its properties are nested too deep',
  too_many_keys: 'it has too many properties',
  too_large: 'it is too large',
  not_object: 'it is no object',
  schema: 'a field is not as expected',
};

/** What a reason for a refusal means, in words. */
export function explainReason(reason: string): string {
  return reasons[reason] ?? 'the database refused it';
}
