import { send } from './client.js';

/** One server-sent event. */
export type StreamEvent = { id: string; event: string; data: string };

const retryMs = 3_000;

type Stream = {
  parameters: Record<string, string>;
  signal: AbortSignal;
  onEvent(event: StreamEvent): void;
  /** True once an answer has begun, false when the stream was cut off. */
  onOpen(isOpen: boolean): void;
};

/**
 * Reads server-sent events until the signal ends it, and goes on where it was cut off. EventSource would send no key.
 *
 * @throws ApiError where the first request is refused
 */
export async function followStream(path: string, stream: Stream): Promise<void> {
  const { signal, parameters, onEvent, onOpen } = stream;
  let lastEventId: string | undefined;
  const take = (event: StreamEvent) => {
    lastEventId = event.id || lastEventId;
    onEvent(event);
  };
  const options = () => ({ accept: 'text/event-stream', parameters, signal, lastEventId });
  let response: Response | undefined = await send(path, options());
  while (!signal.aborted) {
    if (response?.body) {
      onOpen(true);
      await readEvents(response.body, take).catch(() => {});
    }
    if (signal.aborted) return;
    onOpen(false);
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    response = await send(path, options()).catch(() => undefined);
  }
}

/** Parses a stream as the HTML standard says, as far as the collector writes it. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  take: (event: StreamEvent) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const event = parseEvent(part);
      if (event.data !== '') take(event);
    }
  }
}

function parseEvent(part: string): StreamEvent {
  const event: StreamEvent = { id: '', event: 'message', data: '' };
  for (const line of part.split('\n')) {
    const [, name, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') event.data += event.data === '' ? value : `\n${value}`;
    else if (name === 'id' || name === 'event') event[name] = value;
  }
  return event;
}
