import type { Context } from 'hono';
import { stream } from 'hono/streaming';

/**
 * Answers in lines of JSON, so that a long run shows how far it is. The status has gone out by the time that something can
 * fail: so the last line says it.
 */
export function answerLines(
  { log }: { log: (line: string) => void },
  c: Context,
  work: (write: (line: unknown) => Promise<unknown>) => Promise<void>,
): Response {
  c.header('content-type', 'application/x-ndjson; charset=utf-8');
  c.header('cache-control', 'no-store');
  return stream(
    c,
    (lines) => work((line) => lines.writeln(JSON.stringify(line))),
    async (error, lines) => {
      log(`${c.req.path}: ${error.stack ?? error.message}`);
      const message = 'broken off; asked for again it goes on';
      await lines.writeln(JSON.stringify({ error: { code: 'unavailable', message } }));
    },
  );
}
