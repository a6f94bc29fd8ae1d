import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { findChromium } from '../../sdk/test/browser/find-chromium.js';
import { bundle } from './bundle.js';
import { serve } from './serve.js';

/**
 * The processor time that a tracker takes on the main thread, in milliseconds, not slowed down: it does not count what
 * other programs take meanwhile, so that versions can be compared on a busy machine. `--rounds N` (default 4); the lowest counts.
 */
const trackers = ['blank', 'footfall', 'plausible', 'openpanel'];
const repeats = 40;

// Headless Chromium says so in its user agent, and trackers rightly take that for a bot.
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36';

async function main() {
  const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 4;
  const userDataDir = await mkdtemp(join(tmpdir(), 'footfall-bench-'));
  const server = await serve();
  const browser = await puppeteer.launch({
    executablePath: findChromium(),
    userDataDir,
    args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc', `--user-agent=${userAgent}`],
  });
  try {
    console.log('| | start | the 1.5 s after it | track() in all | a click in all | heap, KB |');
    console.log('|---|---:|---:|---:|---:|---:|');
    for (const name of trackers) {
      const code = await bundle(name);
      const all = [];
      for (let n = 0; n < rounds; n++) all.push(await measure(browser, server.origin, code));
      const lowest = Object.keys(all[0]).map((key) => Math.min(...all.map((one) => one[key])).toFixed(2));
      console.log(`| ${[name, ...lowest].join(' | ')} |`);
    }
  } finally {
    await browser.close();
    await server.close();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(browser, origin, code) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  const devtools = await page.createCDPSession();
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await wait(page, 300);
  const before = await heapKilobytes(devtools);
  const start = await processorTime(devtools, () => page.evaluate(run, code));
  const after = await processorTime(devtools, () => wait(page, 1500));
  const heap = (await heapKilobytes(devtools)) - before;
  const track = await processorTime(devtools, () => page.evaluate(trackMany, repeats));
  const click = await processorTime(devtools, () => clickMany(page, devtools));
  await context.close();
  return { start, after, track: track / repeats, click: click / repeats, heap };
}

async function metric(devtools, wanted) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === wanted).value;
}

async function processorTime(devtools, work) {
  const before = await metric(devtools, 'TaskDuration');
  await work();
  return ((await metric(devtools, 'TaskDuration')) - before) * 1000;
}

async function heapKilobytes(devtools) {
  for (let n = 0; n < 2; n++) await devtools.send('HeapProfiler.collectGarbage');
  return (await metric(devtools, 'JSHeapUsedSize')) / 1024;
}

function run(code) {
  const element = document.createElement('script');
  element.textContent = code;
  document.head.append(element);
}

function wait(page, ms) {
  return page.evaluate((length) => new Promise((done) => setTimeout(done, length)), ms);
}

/** Once a frame, and until what was tracked has been sent. */
async function trackMany(count) {
  for (let n = 0; n < count; n++) {
    await new Promise(requestAnimationFrame);
    window.bench.track('bench', { plan: 'team', seats: String(n), note: 'a short note of a few words' });
  }
  await new Promise((sent) => setTimeout(sent, 1300));
}

async function clickMany(page, devtools) {
  const { x, y } = await page.evaluate(() =>
    document.querySelector('#press').getBoundingClientRect().toJSON(),
  );
  for (let n = 0; n < repeats; n++) {
    for (const type of ['mousePressed', 'mouseReleased'])
      await devtools.send('Input.dispatchMouseEvent', {
        x: x + 5,
        y: y + 5,
        button: 'left',
        clickCount: 1,
        type,
      });
  }
  await wait(page, 1300);
}

await main();
