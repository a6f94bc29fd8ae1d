import type { Capture, ErrorProps, ThrownProps, Tracker } from '../options.js';
import { parseStack } from './parse-stack.js';

export type ErrorOptions = {
  /** Also records what the page itself writes with `console.error`. Default: `false`. */
  console?: boolean | undefined;
};

/** An error as it was caught. Its stack is read late: the browser makes the text when it is asked for it. */
type Caught = Pick<ErrorProps, 'source' | 'line' | 'column' | 'handled'> & Thrown;
type Thrown = Pick<ErrorProps, 'message' | 'errorType'> & { thrown: unknown };

const maxMessageChars = 500;
const maxStackChars = 4000;
const maxCauses = 5;
const burst = 10;
const refillMs = 10_000;
const maxTypes = 10;

/** Notices that nobody can mend: of scripts of other origins, of observers, of crawlers that scan links in mails. */
const noise = {
  error_cross_origin: /^Script error\.?$/,
  error_resize_loop: /^ResizeObserver loop/,
  error_crawler: /^Object Not Found Matching Id:/,
};

/** Calls in the visitor's browser extensions and in the browser itself: their errors are not the page's. */
const foreign = /-extension:|@(webkit-masked-url|chrome|resource):/;

/**
 * Records uncaught errors and rejections: ten of a type, then one in ten seconds. What happens several times in a row is
 * recorded once, and once more with the count when something else happens or the page is hidden.
 */
export function error({ console: withConsole }: ErrorOptions = {}): Capture {
  return (tracker) => {
    const takeToken = createBuckets();
    let last: Caught | undefined;
    let repeats = 0;

    function report(caught: Caught): void {
      for (const [reason, pattern] of Object.entries(noise)) {
        if (pattern.test(caught.message)) return tracker.drop(reason);
      }
      if (last && signatureOf(caught) === signatureOf(last)) return void repeats++;
      reportRepeats();
      last = caught;
      record(caught);
    }

    function reportRepeats(): void {
      if (last && repeats) record(last, repeats - 1);
      repeats = 0;
    }

    function record(caught: Caught, again?: number): void {
      if (!takeToken(caught.errorType)) return tracker.drop('error_rate');
      const { thrown, source, ...rest } = caught;
      const props = { ...rest, ...cleanThrown(caught, tracker), source: source && tracker.url(source) };
      const [top = `@${source}`] = (props.stack ?? '').match(/.*:\d+$/m) ?? [];
      if (foreign.test(top)) return tracker.drop('error_extension');
      const causes = causesOf(thrown).map((cause) => cleanThrown(describeThrown(cause), tracker));
      tracker.send({
        type: 'error',
        props: { ...props, causes: causes[0] && causes, repeats: again || undefined },
      });
    }

    tracker.listen(window, 'error', (event) => {
      // Images and scripts that fail to load fire events without a message.
      if (event instanceof ErrorEvent) report(caughtByWindow(event));
    });
    tracker.listen(window, 'unhandledrejection', (event) => {
      if (event instanceof PromiseRejectionEvent) report({ ...describeThrown(event.reason), handled: false });
    });
    tracker.onHide(reportRepeats);
    if (withConsole) watchConsole(tracker.guard((values) => report(caughtByConsole(values))));
  };
}

/**
 * A bucket of tokens for each type of error, so that a storm of one does not hide another. Of a bucket it is enough to
 * know when it will be full again.
 */
function createBuckets(): (type: string | undefined) => boolean {
  const fullAt = new Map<string | undefined, number>();

  return function takeToken(type) {
    const key = fullAt.size < maxTypes || fullAt.has(type) ? type : undefined;
    const now = performance.now();
    const at = Math.max(now, fullAt.get(key) ?? 0) + refillMs;
    if (at - now > burst * refillMs) return false;
    fullAt.set(key, at);
    return true;
  };
}

/** Of a rejection the place is not told; reading the stack instead takes longer than all the rest. */
function signatureOf({ message, errorType, source, line, column, thrown }: Caught): string {
  return [message, errorType, source, line ?? stackOf(thrown), column].join('\n');
}

function caughtByWindow({ error, message, filename, lineno, colno }: ErrorEvent): Caught {
  const place = filename ? { source: filename, line: lineno, column: colno } : {};
  return { ...describeThrown(error ?? message), ...place, handled: false };
}

function caughtByConsole(values: unknown[]): Caught {
  const message = values.map((value) => describeThrown(value).message).join(' ');
  return { ...describeThrown(values.find(isError)), message, handled: true };
}

/** Anything can be thrown. Of an object that is no error the keys are told, not the values. */
function describeThrown(thrown: unknown): Thrown {
  if (isError(thrown)) return { thrown, message: String(thrown.message), errorType: thrown.name };
  const isObject = typeof thrown === 'object' && thrown;
  return { thrown, message: isObject ? `Object with keys: ${Object.keys(thrown).sort()}` : String(thrown) };
}

/** Errors of frames are not instances of this window's Error. */
function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'name' in thrown;
}

function stackOf(thrown: unknown): string {
  return isError(thrown) ? `${thrown.stack ?? ''}` : '';
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at = thrown; isError(at) && at.cause && causes.length < maxCauses; at = at.cause) causes.push(at.cause);
  return causes;
}

function cleanThrown({ thrown, message, errorType }: Thrown, { text, url }: Tracker): ThrownProps {
  const lines = parseStack(stackOf(thrown)).map(({ name, file, place }) =>
    `${name}@${/^https?:/.test(file) ? url(file) : file}${place}`,
  );
  return {
    message: text(message, maxMessageChars),
    errorType: errorType && text(errorType, maxMessageChars),
    stack: text(lines.join('\n'), maxStackChars) || undefined,
  };
}

/** Calls back after the console has printed. */
function watchConsole(printed: (values: unknown[]) => void): void {
  const { error: print } = console;
  console.error = (...values: unknown[]) => {
    print.apply(console, values);
    printed(values);
  };
}
