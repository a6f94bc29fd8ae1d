import { type ClickId, clickIds } from './lists/click-ids.js';

export type Campaign = {
  source: string | null;
  medium: string | null;
  campaign: string | null;
  content: string | null;
  term: string | null;
  clickId: ClickId | null;
};

const maxChars = 500;
const clickIdNames = Object.keys(clickIds) as ClickId[];

/**
 * The campaign that a landing page names in its query: the utm parameters as Google defines them
 * (https://support.google.com/analytics/answer/10917952) and, without utm_source, `ref` as Product Hunt and Ghost
 * use it. Names are case-sensitive, as everywhere in a query; an empty value is no value. Of a click id only the
 * name is kept: the value stands for one click of one person.
 */
export function readCampaign(params: URLSearchParams | null): Campaign {
  const read = (name: string) => params?.get(name)?.trim().slice(0, maxChars) || null;
  const ref = read('ref');
  const source = read('utm_source');
  return {
    source: source ?? ref,
    medium: read('utm_medium') ?? (source === null && ref !== null ? 'referral' : null),
    campaign: read('utm_campaign'),
    content: read('utm_content'),
    term: read('utm_term'),
    clickId: clickIdNames.find((name) => params?.has(name)) ?? null,
  };
}
