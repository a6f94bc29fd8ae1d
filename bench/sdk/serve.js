import { createServer } from 'node:http';

/** A page with something to click and to scroll. */
const page = `<!doctype html><html lang="en"><head><title>Bench</title><link rel="icon" href="data:,"></head>
<body><main><button id="press" class="button primary">Press <b>here</b></button><p style="height:20000px">Long</p></main></body></html>`;

const answers = {
  '/v1/events': (events) =>
    JSON.stringify({ accepted: events, duplicate: 0, rejected: [], serverTime: Date.now() }),
  '/api/event': () => 'ok',
  '/track': () => JSON.stringify({ deviceId: 'bench', sessionId: 'bench' }),
};

/** The page, and an end for the events of every tracker; `requests` counts them. */
export async function serve() {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    for await (const _ of request);
    if (request.method === 'POST') requests++;
    // Isolated from other origins, a page has a clock of 5 microseconds: https://www.w3.org/TR/hr-time-3/
    response.writeHead(200, {
      'content-type': answers[pathname] ? 'application/json' : 'text/html',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(answers[pathname]?.(1) ?? page);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests: () => requests,
    close: () => new Promise((closed) => server.close(closed) && server.closeAllConnections()),
  };
}
