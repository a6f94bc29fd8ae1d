/**
 * Parameters that networks add to a click, and the traffic that they stand for. Those that only an advertisement has
 * come first; Meta puts fbclid on every link that leaves its apps, so that one is no advertisement.
 */
export const clickIds = {
  gclid: { source: 'google', medium: 'cpc' },
  gbraid: { source: 'google', medium: 'cpc' },
  wbraid: { source: 'google', medium: 'cpc' },
  dclid: { source: 'google', medium: 'display' },
  msclkid: { source: 'bing', medium: 'cpc' },
  yclid: { source: 'yandex', medium: 'cpc' },
  ttclid: { source: 'tiktok', medium: 'paid-social' },
  twclid: { source: 'twitter', medium: 'paid-social' },
  li_fat_id: { source: 'linkedin', medium: 'paid-social' },
  rdt_cid: { source: 'reddit', medium: 'paid-social' },
  ScCid: { source: 'snapchat', medium: 'paid-social' },
  epik: { source: 'pinterest', medium: 'paid-social' },
  qclid: { source: 'quora', medium: 'paid-social' },
  irclickid: { source: 'impact', medium: 'affiliate' },
  mc_eid: { source: 'mailchimp', medium: 'email' },
  fbclid: { source: 'facebook', medium: 'social' },
  igshid: { source: 'instagram', medium: 'social' },
} as const;

export type ClickId = keyof typeof clickIds;
