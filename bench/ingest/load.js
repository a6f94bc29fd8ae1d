import { connect } from 'node:net';

/**
 * Sends requests over connections that stay open, one under way on each, and measures the answers. Bare sockets: the
 * generator shares two cores with what it measures, so it must cost next to nothing.
 *
 * @returns {Promise<{ seconds: number, latenciesMs: number[], failed: number }>}
 */
export async function sendAll({ port, requests, connections }) {
  const queue = requests.values();
  const result = { seconds: 0, latenciesMs: [], failed: 0 };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, () => runConnection({ port, queue, result })));
  result.seconds = (performance.now() - start) / 1000;
  return result;
}

/** The same at a fixed rate, for latencies below the peak: each request leaves at its time, whatever came before. */
export async function sendAtRate({ port, requests, perSecond, connections }) {
  const result = { seconds: 0, latenciesMs: [], failed: 0 };
  const start = performance.now();
  const queues = Array.from({ length: connections }, () => []);
  for (const [at, request] of requests.entries()) queues[at % connections].push({ request, at });
  await Promise.all(
    queues.map((queue) => runConnection({ port, queue: pace(queue, { start, perSecond }), result })),
  );
  result.seconds = (performance.now() - start) / 1000;
  return result;
}

async function* pace(queue, { start, perSecond }) {
  for (const { request, at } of queue) {
    const wait = start + (at * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    yield request;
  }
}

async function runConnection({ port, queue, result }) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const answers = readAnswers(socket);
  for await (const request of queue) {
    const sent = performance.now();
    socket.write(request);
    const { value: status } = await answers.next();
    result.latenciesMs.push(performance.now() - sent);
    if (status !== 200) result.failed += 1;
  }
  socket.destroy();
}

async function* readAnswers(socket) {
  let text = '';
  for await (const chunk of socket) {
    text += chunk.toString('latin1');
    for (let end = endOf(text); end > 0; end = endOf(text)) {
      yield Number(text.slice(9, 12));
      text = text.slice(end);
    }
  }
}

function endOf(text) {
  const headers = text.indexOf('\r\n\r\n');
  if (headers < 0) return 0;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return text.length >= headers + 4 + length ? headers + 4 + length : 0;
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
