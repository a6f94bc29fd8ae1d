import type { Campaign } from './campaign.js';
import { categorizeSource, type SourceCategory } from './categorize-source.js';
import { clickIds } from './lists/click-ids.js';
import type { Referrer } from './referrer.js';

export type ChannelInput = Partial<Pick<Campaign, 'source' | 'medium' | 'campaign' | 'clickId'>> & {
  referrer?: Referrer | null;
};

type Traffic = { source: string; medium: string; campaign: string; category: SourceCategory | null };
type Origin = { source: string; medium: string; category?: SourceCategory };
type Rule = readonly [channel: string, matches: (traffic: Traffic) => boolean];

/**
 * The default channel group of Google Analytics 4, in its order (https://support.google.com/analytics/answer/9756891).
 * The AI channel stands after the paid ones, since an advertisement in an assistant is one of them.
 */
const rules: readonly Rule[] = [
  ['Direct', isDirect],
  ['Cross-network', ({ campaign }) => campaign.includes('cross-network')],
  ['Paid Shopping', (traffic) => isPaid(traffic) && isShopping(traffic)],
  ['Paid Search', (traffic) => isPaid(traffic) && traffic.category === 'search'],
  ['Paid Social', (traffic) => isPaid(traffic) && traffic.category === 'social'],
  ['Paid Video', (traffic) => isPaid(traffic) && traffic.category === 'video'],
  ['Display', ({ medium }) => /^(?:display|banner|expandable|interstitial|cpm)$/.test(medium)],
  ['Paid Other', isPaid],
  ['AI Assistants', ({ medium, category }) => category === 'ai' || /^ai(?:-assistants?)?$/.test(medium)],
  ['Organic Shopping', isShopping],
  ['Organic Social', isSocial],
  ['Organic Video', ({ medium, category }) => category === 'video' || medium.includes('video')],
  ['Organic Search', ({ medium, category }) => category === 'search' || medium === 'organic'],
  ['Referral', ({ medium }) => /^(?:referral|app|link)$/.test(medium)],
  ['Email', isEmail],
  ['Affiliates', ({ medium }) => medium === 'affiliate'],
  ['Audio', ({ medium }) => medium === 'audio'],
  ['SMS', ({ source, medium }) => source === 'sms' || medium === 'sms'],
  ['Mobile Push Notifications', isPush],
];

/** The channel of a visit: its campaign decides, then its click id, then its referrer. */
export function classifyChannel(input: ChannelInput): string {
  const traffic = readTraffic(input);
  return rules.find(([, matches]) => matches(traffic))?.[0] ?? 'Unassigned';
}

/** GA4 gives a visit without utm_medium the medium of its click id (auto-tagging), an untagged one the referrer's. */
function readTraffic({ source, medium, campaign, clickId, referrer }: ChannelInput): Traffic {
  const click = clickId ? clickIds[clickId] : undefined;
  const origin: Origin = click ?? readReferrer(referrer ?? null);
  const tagged = lower(source);
  const from = tagged || lower(origin.source);
  return {
    source: from,
    medium: lower(medium) || (click || !tagged ? origin.medium : ''),
    campaign: lower(campaign),
    category: (!tagged && origin.category) || categorizeSource(from),
  };
}

const mediumOfReferrer = {
  search: 'organic',
  social: 'social',
  ai: 'ai-assistant',
  email: 'email',
  video: 'video',
  referral: 'referral',
};

function readReferrer(referrer: Referrer | null): Origin {
  if (!referrer?.medium || referrer.medium === 'internal') return { source: '', medium: '' };
  const origin = { source: referrer.host ?? '', medium: mediumOfReferrer[referrer.medium] };
  return referrer.medium === 'referral' ? origin : { ...origin, category: referrer.medium };
}

function lower(text: string | null | undefined): string {
  return text?.trim().toLowerCase() ?? '';
}

function isDirect({ source, medium, campaign }: Traffic): boolean {
  if (source === '') return medium === '' && campaign === '';
  return source === '(direct)' && ['', '(not set)', '(none)'].includes(medium);
}

function isPaid({ medium }: Traffic): boolean {
  return /^(?:.*cp.*|ppc|retargeting|paid.*)$/.test(medium);
}

function isShopping({ category, campaign }: Traffic): boolean {
  return category === 'shopping' || /(?:[^a-df-z]|^)shop|shopping/.test(campaign);
}

function isSocial({ medium, category }: Traffic): boolean {
  return category === 'social' || /^(?:social(?:[- ](?:network|media))?|sm)$/.test(medium);
}

function isEmail({ source, medium, category }: Traffic): boolean {
  return category === 'email' || [source, medium].some((text) => /^e[-_ ]?mail$/.test(text));
}

function isPush({ source, medium }: Traffic): boolean {
  return medium.endsWith('push') || /mobile|notification/.test(medium) || source === 'firebase';
}
