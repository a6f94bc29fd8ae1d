import { addSite } from '../../src/access/sites.js';
import { makeKey } from '../ask-query.js';
import { sendVisit } from '../report-client.js';
import { newId, type TestCollector } from '../test-collector.js';

/** What a request can name of a site. */
export type Ground = {
  slug: string;
  siteKey: string;
  /** A word that stands in every kind of row of the site, and in no other's. */
  mark: string;
  visitor: string;
  session: string;
  experiment: string;
  goal: string;
  segment: string;
  annotation: string;
  savedFunnel: string;
  alert: string;
  share: string;
  shareToken: string;
  error: string;
  letter: string;
};

type Site = { slug: string; siteKey: string; mark: string };
type Call = (path: string, body?: object, method?: string) => Promise<Record<string, never>>;

const minuteMs = 60_000;
const bot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

/** Fills a site with rows of every kind, each with its mark, through the API of a key of its own. */
export async function plantSite(collector: TestCollector, site: Site, nowMs: number): Promise<Ground> {
  const { slug, siteKey, mark } = site;
  await addSite(collector.database, { site: slug, siteKey, name: `${mark} site`, retentionDays: 395 });
  const call = await openApi(collector, site);
  const experiment = `${mark}-experiment`;
  const variations = [{ key: 'control' }, { key: `${mark}-arm` }];
  await call('experiments', { site: slug, key: experiment, name: mark, variations });
  await call(`experiments/${experiment}/start?site=${slug}`, {});
  await call('users', { email: `${mark}@office.example`, name: mark, role: 'analyst', sites: [slug] });
  await call('experiment-layers', { site: slug, layer: `${mark}-layer` }, 'PUT');
  const unit = { site: slug, unit: { visitor: `${mark}-visitor` } };
  await call('../../v1/assign', unit);
  const session = newId(nowMs - 10 * minuteMs);
  await plantEvents(collector, { ...site, session }, nowMs);
  const share = await call('shares', { site: slug, name: mark });
  const { errors } = await call(`errors?site=${slug}&date_range=day`);
  const { letters } = await call(`dead-letter?site=${slug}`);
  return {
    ...site,
    visitor: `${mark}-visitor`,
    session,
    experiment,
    ...(await plantSaved(call, site)),
    alert: await plantNotices(call, site),
    share: idOf(share),
    shareToken: String(share.token),
    error: idOf(errors?.[0]),
    letter: idOf(letters?.[0]),
  };
}

// An owner of this site alone, whose name is its mark: the audit log has it.
async function openApi({ origin, database }: TestCollector, { slug, mark }: Site): Promise<Call> {
  const key = await makeKey({ database }, 'owner', [slug], mark);
  return async (path, body, method = body ? 'POST' : 'GET') => {
    const response = await fetch(new URL(`/api/v1/${path}`, origin), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}

function idOf(value: unknown): string {
  const { id } = value as { id?: string };
  if (id === undefined) throw new Error(`expected an id in ${JSON.stringify(value)}`);
  return id;
}

const steps = [{ page: '/**' }, { event: 'error' }];

async function plantSaved(call: Call, { slug, mark }: Site) {
  const goal = { site: slug, name: mark, kind: 'page', pattern: `/${mark}` };
  const segment = { site: slug, name: mark, filters: [['is', 'event:page', [`/${mark}`]]] };
  const annotation = { site: slug, text: mark, noted_at: '2026-01-31T12:00:00Z' };
  return {
    goal: idOf(await call('goals', goal)),
    segment: idOf(await call('segments', segment)),
    annotation: idOf(await call('annotations', annotation)),
    savedFunnel: idOf(await call('saved-funnels', { site: slug, name: mark, parameters: { steps } })),
  };
}

async function plantNotices(call: Call, { slug, mark }: Site): Promise<string> {
  const emails = [`${mark}@office.example`];
  await call('mail-reports', { site: slug, frequency: 'monthly', recipients: emails });
  const rule = { kind: 'ingest_silence', minutes: 60 };
  return idOf(await call('alerts', { site: slug, name: mark, rule, emails }));
}

type Planted = Site & { session: string };

async function plantEvents(
  collector: TestCollector,
  { siteKey: site, mark, session }: Planted,
  nowMs: number,
) {
  const at = (minutes: number) => nowMs - minutes * minuteMs;
  const props = {
    formId: `${mark}-form`,
    fields: [],
    experiment: `${mark}-experiment`,
    variation: 'control',
  };
  const visit = { site, visitor: `${mark}-visitor`, session, release: `${mark}-release` };
  await sendVisit(collector, {
    ...visit,
    events: [
      { at: at(9), path: `/${mark}?utm_source=${mark}&utm_campaign=${mark}`, title: mark },
      { at: at(8), path: `/${mark}/next`, referrer: `https://${mark}.example/` },
      { at: at(7), type: 'custom', name: mark, path: `/${mark}/next`, props: { plan: mark }, value: 3 },
      { at: at(6), type: 'form_view', path: `/${mark}/next`, props },
      { at: at(5), type: 'form_abandon', path: `/${mark}/next`, props },
      {
        at: at(4),
        type: 'error',
        path: `/${mark}/next`,
        name: 'TypeError',
        props: {
          message: `${mark} is not a function`,
          stack: `TypeError: ${mark}\n    at ${mark} (a.js:1:2)`,
        },
      },
      { at: at(3), type: 'web_vital', name: 'LCP', value: 1_234, path: `/${mark}` },
      { at: at(3), type: 'engagement', path: `/${mark}`, props: { engagedMs: 5_000, scrollPercent: 50 } },
      { at: at(2), type: 'exposure', props: { ...props, phase: 1 } },
    ],
  });
  await sendVisit(collector, {
    site,
    userAgent: `${bot} ${mark}`,
    events: [{ at: at(2), path: `/${mark}/bot` }],
  });
  const refused = { id: newId(nowMs), type: mark, ts: nowMs, url: `https://shop.example/${mark}` };
  await collector.send({ sentAt: nowMs, events: [refused] }, { site });
}
