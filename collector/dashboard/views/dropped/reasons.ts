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

const drops: Record<string, string> = {
  too_large: 'the event is larger than 32 KiB',
  queue_full: 'the queue of the browser was full',
  corrupt: 'what the browser had stored could not be read',
  before_send: 'beforeSend of the page said no',
  consent_pending: 'consent had not been given when the page was left',
  error_rate: 'too many errors of a type',
  error_extension: 'an error of a browser extension',
  error_cross_origin: 'an error of a script of another origin, which tells nothing',
  error_resize_loop: 'a notice of ResizeObserver, which is no error',
  error_crawler: 'a notice of a crawler that scans mails',
};

/** What a reason for dropping an event in the browser means, in words. */
export function explainDrop(reason: string): string {
  const status = /^http_(\d+)$/.exec(reason)?.[1];
  return drops[reason] ?? (status ? `the collector answered ${status}` : 'another reason');
}
