const KEY_NAME = 'footfall.key';
const PERIOD_DAYS = { today: 1, '7d': 7, '30d': 30 };
const DAY_MS = 86_400_000;

const filters = byId('filters');
const keyForm = byId('key-form');
const report = byId('report');

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
const wholeNumber = new Intl.NumberFormat('en');
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const longDate = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** What a person can do about an answer; the collector's own hint comes first. */
const ADVICE = {
  401: 'Paste a key that is still valid, or make one with: npx footfall key create',
  403: 'Use a key that may read this site: its role must be owner, admin or analyst.',
  404: 'Check the name of the site; npx footfall site list shows all of them.',
  429: 'Wait a moment, then press Refresh.',
  503: 'The database is away. Wait a moment, then press Refresh.',
};

// "Today" is the site's today. Its timezone comes with the first answer.
let timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
let pending = new AbortController();

filters.addEventListener('submit', (event) => {
  event.preventDefault();
  applyFilters();
});
filters.addEventListener('change', () => {
  showDates();
  if (filters.checkValidity()) applyFilters();
});
keyForm.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY_NAME, keyForm.elements.key.value.trim());
  keyForm.reset();
  load();
});
byId('forget-key').addEventListener('click', forgetKey);
addEventListener('popstate', start);
start();

function start() {
  fillFilters(new URLSearchParams(location.search));
  load();
}

/** Shows the state that the address holds; what is missing or wrong falls back to 7 days of the demo site. */
function fillFilters(query) {
  const { site, period, from, to } = filters.elements;
  const isPeriod = query.get('period') === 'custom' || Object.hasOwn(PERIOD_DAYS, query.get('period') ?? '');
  site.value = query.get('site') || 'demo';
  period.value = isPeriod ? query.get('period') : query.has('from') ? 'custom' : '7d';
  from.value = query.get('from') ?? '';
  to.value = query.get('to') ?? '';
  showDates();
}

function applyFilters() {
  const { site, period, from, to } = filters.elements;
  const query = new URLSearchParams({ site: site.value, period: period.value });
  if (period.value === 'custom') {
    query.set('from', from.value);
    query.set('to', to.value);
  }
  if (`?${query}` !== location.search) history.pushState(null, '', `?${query}`);
  load();
}

/** The custom dates start as the dates that were on show, and keep their order. */
function showDates() {
  const { period, from, to } = filters.elements;
  const isCustom = period.value === 'custom';
  byId('dates').hidden = !isCustom;
  from.required = isCustom;
  to.required = isCustom;
  if (!isCustom) [from.value, to.value] = lastDays(PERIOD_DAYS[period.value]);
  if (!from.value && !to.value) [from.value, to.value] = lastDays(PERIOD_DAYS['7d']);
  from.max = to.value;
  to.min = from.value;
}

/** The days up to today in the site's timezone, as two dates yyyy-mm-dd. */
function lastDays(count) {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts();
  const { year, month, day } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const today = `${year}-${month}-${day}`;
  const first = new Date(Date.parse(today) - (count - 1) * DAY_MS);
  return [first.toISOString().slice(0, 10), today];
}

async function load() {
  pending.abort();
  const key = sessionStorage.getItem(KEY_NAME);
  showKeyState({ hasKey: key !== null });
  if (key === null) return;
  pending = new AbortController();
  const { signal } = pending;
  showLoading();
  const answer = await readOverview(key, signal);
  if (signal.aborted) return;
  if (answer.problem) return showProblem(answer.problem);
  if (answer.overview.timezone !== timezone && movesToday(answer.overview.timezone)) return load();
  showOverview(answer.overview);
}

/** Adopts the site's timezone; true when that changes the dates to ask for. */
function movesToday(siteTimezone) {
  const { period, from, to } = filters.elements;
  timezone = siteTimezone;
  if (period.value === 'custom') return false;
  const before = `${from.value} ${to.value}`;
  showDates();
  return before !== `${from.value} ${to.value}`;
}

async function readOverview(key, signal) {
  const { site, from, to } = filters.elements;
  const query = new URLSearchParams({ site: site.value, from: from.value, to: to.value });
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`/api/v1/overview?${query}`, { headers, signal, cache: 'no-store' });
    if (response.ok) return { overview: await response.json() };
    // A proxy in front of the collector may answer with a page of its own.
    const { error } = await response.json().catch(() => ({}));
    return { problem: { status: response.status, ...error } };
  } catch {
    return { problem: { status: 0 } };
  }
}

function forgetKey() {
  sessionStorage.removeItem(KEY_NAME);
  load();
  keyForm.elements.key.focus();
}

function showKeyState({ hasKey }) {
  keyForm.hidden = hasKey;
  filters.hidden = !hasKey;
  byId('forget-key').hidden = !hasKey;
  if (hasKey) return;
  report.hidden = true;
  showMessage({ title: 'Who visits your site?', text: 'Enter an API key to see the numbers.' });
}

function showLoading() {
  report.setAttribute('aria-busy', 'true');
  if (report.hidden) showMessage({ title: 'Loading', text: 'Asking the collector for the numbers.' });
}

function showProblem({ status, message, path, expected, hint }) {
  report.hidden = true;
  keyForm.hidden = status !== 401;
  const detail = expected ? `${path ? `${path}: ` : ''}expected ${expected}.` : '';
  const advice = [hint, detail, ADVICE[status]].find(Boolean) ?? 'Press Refresh to try again.';
  showMessage({ failed: true, title: problemTitle(status), text: message ?? '', hint: advice });
}

function problemTitle(status) {
  if (status === 0) return 'The collector did not answer. Is it running?';
  if (status === 401) return 'This key was not accepted';
  if (status === 403) return 'This key may not read this site';
  return `The collector refused the question (${status})`;
}

function showMessage({ title, text, hint = '', failed = false }) {
  byId('message').hidden = false;
  byId('message').classList.toggle('failed', failed);
  byId('message-title').textContent = title;
  byId('message-text').textContent = text;
  byId('message-hint').textContent = hint;
}

function showOverview(overview) {
  report.removeAttribute('aria-busy');
  document.title = `${overview.site} | Footfall`;
  const isEmpty = overview.pageviews === 0 && overview.sessions === 0;
  byId('message').hidden = !isEmpty;
  report.hidden = isEmpty;
  if (isEmpty) return showEmpty(overview);
  byId('range').textContent = rangeText(overview);
  showMetrics(overview);
  showTables(overview);
  byId('bots').textContent = botText(overview.meta.bot_events);
  showDefinitions(overview.meta.definitions);
}

function showEmpty(overview) {
  const bots = overview.meta.bot_events;
  showMessage({
    title: 'No visits yet',
    text: `Nothing was recorded for ${overview.site}: ${rangeText(overview)}. ${bots ? botText(bots) : ''}`,
    hint: `Choose a longer period, or add this line to your pages and open one: <script defer src="${location.origin}/sdk.js" data-site="YOUR_SITE_KEY"></script>`,
  });
}

function rangeText({ from, to, timezone: siteTimezone }) {
  const [first, last] = [from, to].map((date) => longDate.format(new Date(date)));
  return `${first === last ? first : `${first} to ${last}`} (${siteTimezone})`;
}

function botText(count) {
  if (count === 0) return 'No bot events in this period.';
  const events = count === 1 ? '1 bot event is' : `${wholeNumber.format(count)} bot events are`;
  return `${events} excluded from these numbers.`;
}

function showMetrics({ visitors, sessions, pageviews, bounce_rate, visit_duration }) {
  const metrics = [
    ['Visitors', wholeNumber.format(visitors)],
    ['Sessions', wholeNumber.format(sessions)],
    ['Pageviews', wholeNumber.format(pageviews)],
    ['Bounce rate', bounce_rate === null ? '–' : `${oneDecimal.format(bounce_rate)}%`],
    ['Visit duration', visit_duration === null ? '–' : durationText(visit_duration)],
  ];
  byId('metrics').replaceChildren(
    ...metrics.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

function durationText(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`;
}

function showTables({ pages, referrers, countries, browsers }) {
  fillTable('pages', pages, { label: (row) => row.path, unknown: 'No path', count: 'pageviews' });
  fillTable('referrers', referrers, { label: (row) => row.source, unknown: 'Direct or unknown' });
  fillTable('countries', countries, { label: (row) => countryName(row.country), unknown: 'Unknown' });
  fillTable('browsers', browsers, { label: (row) => row.browser, unknown: 'Unknown' });
}

function fillTable(id, rows, { label, unknown, count = 'sessions' }) {
  const most = Math.max(...rows.map((row) => row.visitors));
  const lines = rows.map((row) => {
    const name = label(row);
    const head = element('th', { scope: 'row', className: name === null ? 'unknown' : '' }, name ?? unknown);
    head.style.setProperty('--share', `${most > 0 ? (100 * row.visitors) / most : 0}%`);
    const counts = [row.visitors, row[count]].map((value) => element('td', {}, wholeNumber.format(value)));
    return element('tr', {}, head, ...counts);
  });
  const none = element('td', { colSpan: 3, className: 'none' }, 'Nothing in this period');
  byId(id).replaceChildren(...(lines.length > 0 ? lines : [element('tr', {}, none)]));
}

/** Intl.DisplayNames throws on text that cannot be a region code. */
function countryName(code) {
  return code !== null && /^[A-Z]{2}$/.test(code) ? countryNames.of(code) : code;
}

function showDefinitions(definitions = {}) {
  const entries = Object.entries(definitions);
  byId('definitions').hidden = entries.length === 0;
  byId('definition-list').replaceChildren(
    ...entries.flatMap(([name, text]) => [
      element('dt', {}, name.replaceAll('_', ' ')),
      element('dd', {}, text),
    ]),
  );
}

function element(tag, properties, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

function byId(id) {
  return document.getElementById(id);
}
