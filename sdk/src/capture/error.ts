import type { Capture, ErrorProps } from '../options.js';

const maxMessageChars = 500;
const maxStackChars = 4000;
const burst = 10;
const refillMs = 10_000;

/** Frames of the visitor's browser extensions: their errors are not the page's. */
const extension = /\b(chrome|moz|safari(-web)?|webkit-masked-url)(-extension)?:\/\/(?!newtab)/;

/** Chromium and Firefox report this when an observer needs another frame: nothing is broken. */
const resizeLoop = /^ResizeObserver loop/;

/** Records uncaught errors and rejections, at most ten at once and then one in ten seconds. */
export function error(): Capture {
  return (tracker) => {
    let tokens = burst;
    let refilledAt = Date.now();
    let previous = '';

    function takeToken(nowMs: number): boolean {
      const earned = Math.floor((nowMs - refilledAt) / refillMs);
      tokens = Math.min(burst, tokens + earned);
      refilledAt += earned * refillMs;
      if (tokens > 0) tokens--;
      else return false;
      return true;
    }

    function reasonToDrop(props: ErrorProps): string | undefined {
      if (/^Script error\.?$/.test(props.message)) return 'error_cross_origin';
      if (resizeLoop.test(props.message)) return 'error_resize_loop';
      if (extension.test(`${props.source} ${props.stack}`)) return 'error_extension';
      const signature = `${props.message}\n${props.stack}`;
      if (signature === previous) return 'error_repeated';
      previous = signature;
      return takeToken(Date.now()) ? undefined : 'error_rate';
    }

    function report(raw: ErrorProps): void {
      const reason = reasonToDrop(raw);
      if (reason) tracker.drop(reason);
      else send(raw);
    }

    function send(raw: ErrorProps): void {
      const { message, stack = '', source = '' } = raw;
      tracker.send({
        type: 'error',
        props: {
          ...raw,
          message: tracker.text(message, maxMessageChars),
          stack: tracker.text(stack, maxStackChars) || undefined,
          source: source ? tracker.url(source) : undefined,
        },
      });
    }

    tracker.listen(window, 'error', (event) => {
      // Images and scripts that fail to load fire events without a message.
      if (event instanceof ErrorEvent) report(propsOfErrorEvent(event));
    });
    tracker.listen(window, 'unhandledrejection', (event) => {
      if (event instanceof PromiseRejectionEvent) report(propsOf(event.reason));
    });
  };
}

function propsOfErrorEvent({ error, message, filename, lineno, colno }: ErrorEvent): ErrorProps {
  return { ...propsOf(error ?? message), source: filename, line: lineno, column: colno };
}

/** Anything can be thrown. */
function propsOf(thrown: unknown): ErrorProps {
  if (!(thrown instanceof Error)) return { message: String(thrown), handled: false };
  const { name, message, stack } = thrown;
  return { message, errorType: name, stack, handled: false };
}
