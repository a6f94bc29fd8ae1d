import type { Capture, ErrorProps, ThrownProps, Tracker } from '../options.js';
import { type Frame, parseStack } from './parse-stack.js';

export type ErrorOptions = {
  /** Also records what the page itself writes with `console.error`. Default: `false`. */
  console?: boolean | undefined;
};

/** An error as it was caught. Its stack is read late: the browser makes the text when it is asked for it. */
type Caught = {
  thrown: unknown;
  message: string;
  errorType?: string | undefined;
  source?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  handled: boolean;
};

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

/** Files of the visitor's browser extensions and of the browser itself: their errors are not the page's. */
const foreign = /^(\S*-extension|webkit-masked-url|chrome|resource):/;

/**
 * Records uncaught errors and rejections: ten of a type, then one in ten seconds. What happens several times in a row is
 * recorded once, and once more with the count when something else happens or the page is hidden.
 */
export function error({ console: withConsole = false }: ErrorOptions = {}): Capture {
  return (tracker) => {
    const takeToken = createBuckets();
    let last: Caught | undefined;
    let repeats = 0;

    function report(caught: Caught): void {
      const reason = Object.entries(noise).find(([, pattern]) => pattern.test(caught.message))?.[0];
      if (reason) return tracker.drop(reason);
      if (last && isSame(caught, last)) return void repeats++;
      reportRepeats();
      last = caught;
      record(caught);
    }

    function reportRepeats(): void {
      if (last && repeats > 0) record(last, repeats - 1 || undefined);
      repeats = 0;
    }

    function record(caught: Caught, again?: number): void {
      if (!takeToken(caught.errorType ?? '')) return tracker.drop('error_rate');
      const frames = framesOf(caught.thrown);
      const top = frames.find(({ line }) => line)?.file ?? caught.source;
      if (top && foreign.test(top)) return tracker.drop('error_extension');
      tracker.send({ type: 'error', props: { ...propsOf(caught, { frames, tracker }), repeats: again } });
    }

    tracker.listen(window, 'error', (event) => {
      // Images and scripts that fail to load fire events without a message.
      if (event instanceof ErrorEvent) report(caughtByWindow(event));
    });
    tracker.listen(window, 'unhandledrejection', (event) => {
      if (event instanceof PromiseRejectionEvent) report(caughtOf(event.reason, { handled: false }));
    });
    tracker.onHide(reportRepeats);
    if (withConsole) watchConsole((values) => report(caughtByConsole(values)));
  };
}

/** A bucket of tokens for each type of error, so that a storm of one does not hide another. */
function createBuckets(): (type: string) => boolean {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();

  return function takeToken(type) {
    const nowMs = performance.now();
    const key = buckets.size < maxTypes || buckets.has(type) ? type : '';
    const { tokens, filledAt } = buckets.get(key) ?? { tokens: burst, filledAt: nowMs };
    const earned = Math.floor((nowMs - filledAt) / refillMs);
    const left = Math.min(burst, tokens + earned) - 1;
    buckets.set(key, { tokens: Math.max(left, 0), filledAt: filledAt + earned * refillMs });
    return left >= 0;
  };
}

/** The stack decides where the place is unknown: reading it takes longer than all the rest. */
function isSame(a: Caught, b: Caught): boolean {
  return (
    a.message === b.message &&
    a.errorType === b.errorType &&
    a.source === b.source &&
    a.line === b.line &&
    a.column === b.column &&
    (a.line !== undefined || stackOf(a.thrown) === stackOf(b.thrown))
  );
}

function caughtByWindow({ error, message, filename, lineno, colno }: ErrorEvent): Caught {
  const place = filename ? { source: filename, line: lineno, column: colno } : {};
  return { ...caughtOf(error ?? message, { handled: false }), ...place };
}

function caughtByConsole(values: unknown[]): Caught {
  const thrown = values.find(isError);
  const message = values.map((value) => caughtOf(value, { handled: true }).message).join(' ');
  return { ...caughtOf(thrown ?? message, { handled: true }), message };
}

/** Anything can be thrown. Of an object that is no error the keys are told, not the values. */
function caughtOf(thrown: unknown, { handled }: { handled: boolean }): Caught {
  if (isError(thrown)) return { thrown, message: String(thrown.message), errorType: thrown.name, handled };
  const isObject = typeof thrown === 'object' && thrown !== null;
  const message = isObject ? `Object with keys: ${Object.keys(thrown).sort().join(', ')}` : String(thrown);
  return { thrown, message, handled };
}

/** Errors of frames are not instances of this window's Error. */
function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'name' in thrown;
}

function stackOf(thrown: unknown): string {
  return isError(thrown) ? String(thrown.stack ?? '') : '';
}

function framesOf(thrown: unknown): Frame[] {
  return parseStack(stackOf(thrown));
}

type Parts = { frames: Frame[]; tracker: Tracker };

function propsOf({ thrown, source, ...caught }: Caught, { frames, tracker }: Parts): ErrorProps {
  const causes = causesOf(thrown).map((cause) =>
    cleanThrown(caughtOf(cause, { handled: true }), { frames: framesOf(cause), tracker }),
  );
  return {
    ...caught,
    ...cleanThrown(caught, { frames, tracker }),
    source: source && tracker.url(source),
    causes: causes.length > 0 ? causes : undefined,
  };
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let at = thrown; isError(at) && at.cause !== undefined && causes.length < maxCauses; at = at.cause) causes.push(at.cause);
  return causes;
}

function cleanThrown({ message, errorType }: ThrownProps, { frames, tracker }: Parts): ThrownProps {
  const lines = frames.map(({ name = '', file, line, column }) =>
    [`${name}@${/^https?:/.test(file) ? tracker.url(file) : file}`, line, column].filter(Boolean).join(':'),
  );
  return {
    message: tracker.text(message, maxMessageChars),
    errorType: errorType && tracker.text(errorType, maxMessageChars),
    stack: tracker.text(lines.join('\n'), maxStackChars) || undefined,
  };
}

/** Calls back after the console has printed. A failure here must not reach the page. */
function watchConsole(printed: (values: unknown[]) => void): void {
  const { error: print } = console;
  console.error = (...values: unknown[]) => {
    print.apply(console, values);
    try {
      printed(values);
    } catch {
      // Values that throw when they are read.
    }
  };
}
