import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import puppeteer from 'puppeteer-core';
import { findChromium } from '../../sdk/test/browser/find-chromium.js';
import { bundle } from './bundle.js';
import { serve } from './serve.js';

/**
 * What a tracker costs on the main thread of a page, at a CPU four times slower, beside a blank page and two peers.
 * `--rounds N` (default 5) repeats everything; the table shows the lowest of the rounds, because what else the machine
 * does only ever adds.
 */
const trackers = ['blank', 'footfall', 'plausible', 'openpanel'];
const cpuSlowdown = 4;
const startsARound = 4;
const clicks = 40;
const scrolls = 60;
const tracks = 40;
const manyEvents = 10_000;

const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const quiet = ['--disable-component-update', '--disable-sync', '--js-flags=--expose-gc'];
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

async function main() {
  const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 5;
  const scripts = await Promise.all(trackers.map(async (name) => [name, await bundle(name)]));
  const userDataDir = await mkdtemp(join(tmpdir(), 'footfall-bench-'));
  const server = await serve();
  const browser = await puppeteer.launch({
    executablePath: findChromium(),
    userDataDir,
    args: [...flags, ...quiet, `--user-agent=${userAgent}`],
  });
  try {
    print(await measureAll(browser, { server, scripts: new Map(scripts), rounds }));
  } finally {
    await browser.close();
    await server.close();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The trackers take turns, so that what the machine does meanwhile meets all of them. */
async function measureAll(browser, { server, scripts, rounds }) {
  const results = new Map(trackers.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, code] of scripts) {
      console.error(`round ${round + 1} of ${rounds}: ${name}`);
      const starts = [];
      for (let n = 0; n < startsARound; n++) starts.push(await measureStart(browser, { server, code }));
      const page = await measurePage(browser, { server, code });
      results.get(name).push({ start: Math.min(...starts), ...page });
    }
  }
  const growth = await measureGrowth(browser, { server, code: scripts.get('footfall') });
  return { scripts, results, growth };
}

async function openPage(browser, { server, slowdown }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  // Before any tracker, so that the first listener of the page is ours and the time of all others can be told.
  await page.evaluate(watchHandlers);
  const devtools = await page.createCDPSession();
  await devtools.send('Performance.enable', { timeDomain: 'timeTicks' });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  return { page, devtools, close: () => context.close() };
}

/** Notes how long the listeners of each click and scroll took. The last of them is added after the tracker's. */
function watchHandlers() {
  const durations = { click: [], scroll: [] };
  let began = 0;
  const begin = () => {
    began = performance.now();
  };
  const end = ({ type }) => durations[type].push(performance.now() - began);
  for (const type of ['click', 'scroll']) addEventListener(type, begin, { capture: true });
  window.watch = {
    durations,
    watchEnd: () => {
      addEventListener('click', end);
      // A scroll of the document bubbles to the window.
      addEventListener('scroll', end);
    },
  };
}

async function measureStart(browser, { server, code }) {
  const { page, close } = await openPage(browser, { server, slowdown: cpuSlowdown });
  const start = await page.evaluate(startScript, code);
  await close();
  return start;
}

async function measurePage(browser, { server, code }) {
  const { page, devtools, close } = await openPage(browser, { server, slowdown: cpuSlowdown });
  const before = await heapKilobytes(devtools);
  await page.evaluate(startScript, code);
  await page.evaluate(() => window.watch.watchEnd());
  await settle(page);
  const heap = (await heapKilobytes(devtools)) - before;

  const track = await taskTime(devtools, () => page.evaluate(trackMany, tracks));
  await clickMany(page, devtools);
  const scroll = await taskTime(devtools, () => page.evaluate(scrollMany, scrolls));
  await settle(page);
  const idle = await taskTime(devtools, () => settle(page));
  const durations = await page.evaluate(() => window.watch.durations);
  await close();
  return {
    heap,
    idle: idle.ms,
    track: track.ms / tracks,
    trackSync: percentile(track.result, 0.5),
    click: percentile(durations.click, 0.5),
    click95: percentile(durations.click, 0.95),
    scroll: percentile(durations.scroll, 0.5),
    scroll95: percentile(durations.scroll, 0.95),
    scrollAll: scroll.ms / scrolls,
  };
}

/** Clicks of the mouse, as trusted as a person's. */
async function clickMany(page, devtools) {
  const { x, y } = await page.evaluate(() =>
    document.querySelector('#press').getBoundingClientRect().toJSON(),
  );
  const mouse = { x: x + 5, y: y + 5, button: 'left', clickCount: 1 };
  for (let n = 0; n < clicks; n++) {
    await devtools.send('Input.dispatchMouseEvent', { ...mouse, type: 'mousePressed' });
    await devtools.send('Input.dispatchMouseEvent', { ...mouse, type: 'mouseReleased' });
  }
}

/** Compiles and runs a script in one task. */
function startScript(code) {
  const element = document.createElement('script');
  element.textContent = code;
  const began = performance.now();
  document.head.append(element);
  return performance.now() - began;
}

/** Tracks once a frame; the times are those of the calls alone. */
async function trackMany(count) {
  const times = [];
  for (let n = 0; n < count; n++) {
    await new Promise(requestAnimationFrame);
    const began = performance.now();
    window.bench.track('bench', { plan: 'team', seats: String(n), note: 'a short note of a few words' });
    times.push(performance.now() - began);
  }
  // Until what was tracked has been sent.
  await new Promise((sent) => setTimeout(sent, 1200));
  return times;
}

async function scrollMany(count) {
  for (let n = 0; n < count; n++) {
    scrollBy(0, 100);
    await new Promise(requestAnimationFrame);
  }
}

/** A second in which the page does nothing. */
function settle(page) {
  return page.evaluate(() => new Promise((settled) => setTimeout(settled, 1000)));
}

/** Milliseconds of all tasks of the main thread meanwhile: handlers, timers, layout, collection of garbage. */
async function taskTime(devtools, work) {
  const before = await metric(devtools, 'TaskDuration');
  const result = await work();
  return { ms: ((await metric(devtools, 'TaskDuration')) - before) * 1000, result };
}

async function metric(devtools, wanted) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === wanted).value;
}

async function heapKilobytes(devtools) {
  for (let n = 0; n < 2; n++) await devtools.send('HeapProfiler.collectGarbage');
  return (await metric(devtools, 'JSHeapUsedSize')) / 1024;
}

/** How much the heap grew from the 1,000th event to the last, all delivered. */
async function measureGrowth(browser, { server, code }) {
  const { page, devtools, close } = await openPage(browser, { server, slowdown: 1 });
  await page.evaluate(startScript, code);
  await page.evaluate(trackInTurns, 1000);
  const before = await heapKilobytes(devtools);
  await page.evaluate(trackInTurns, manyEvents - 1000);
  const grown = (await heapKilobytes(devtools)) - before;
  await close();
  return grown;
}

/** A hundred events at a time, each hundred when what was before has had time to leave. */
async function trackInTurns(count) {
  for (let n = 0; n < count; n++) {
    window.bench.track('bench', { n: String(n) });
    if (n % 100 === 99) await new Promise((sent) => setTimeout(sent, 100));
  }
  await new Promise((sent) => setTimeout(sent, 3000));
}

function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

const columns = [
  ['start', 'start', 1],
  ['track() in all', 'track', 2],
  ['until it returns, p50', 'trackSync', 2],
  ['click handlers p50', 'click', 2],
  ['p95', 'click95', 2],
  ['scroll handlers p50', 'scroll', 3],
  ['p95', 'scroll95', 3],
  ['scroll in all', 'scrollAll', 2],
  ['idle 1 s', 'idle', 1],
  ['heap, KB', 'heap', 0],
];

/** Prints a table of Markdown. */
function print({ scripts, results, growth }) {
  const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
  row(['', 'brotli, KB', ...columns.map(([title]) => title)]);
  console.log(`|---|${'---:|'.repeat(columns.length + 1)}`);
  for (const [name, rounds] of results) {
    const values = columns.map(([, key, digits]) =>
      Math.min(...rounds.map((round) => round[key])).toFixed(digits),
    );
    const kilobytes = (brotliCompressSync(scripts.get(name)).length / 1000).toFixed(1);
    row([name, kilobytes, ...values]);
  }
  console.log(
    `\nHeap of footfall after ${manyEvents} delivered events, less that after 1,000: ${growth.toFixed(0)} KB`,
  );
}

await main();
