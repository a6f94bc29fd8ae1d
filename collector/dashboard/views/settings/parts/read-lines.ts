import { send } from '../../../api/client.js';

/**
 * Sends a request that answers in lines of JSON, and hands them out as they come.
 *
 * @throws ApiError where the request is refused
 */
export async function readLines<Line>(
  path: string,
  body: unknown,
  onLine: (line: Line) => void,
): Promise<void> {
  const response = await send(path, { method: 'POST', body, accept: 'application/x-ndjson' });
  const decoder = new TextDecoder();
  let text = '';
  const take = (lines: readonly string[]) => {
    for (const line of lines) if (line.trim() !== '') onLine(JSON.parse(line) as Line);
  };
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const lines = (text + decoder.decode(part.value, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    take(lines);
  }
  take([text]);
}
