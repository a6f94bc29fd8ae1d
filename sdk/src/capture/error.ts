import { attempt } from '../attempt.js';
import type { Capture, ErrorProps, ThrownProps, Tracker } from '../options.js';
import { createErrorRate } from './error-rate.js';
import { parseStack } from './parse-stack.js';
import { watchCalls } from './watch-calls.js';

export type ErrorOptions = {
  /** Also records what the page itself writes with `console.error`. Default: `false`. */
  console?: boolean | undefined;
};

/** An error as it was caught. Its stack is read late: the browser makes the text when it is asked for it. */
type Caught = Pick<ErrorProps, 'source' | 'line' | 'column' | 'handled'> & Thrown;
type Thrown = Pick<ErrorProps, 'message' | 'errorType'> & { thrown: unknown };

/** What is the same of an error that happens again. */
const samePlace = ['message', 'line', 'column', 'source', 'errorType'] as const;

const maxMessageChars = 500;
const maxStackChars = 4000;
const maxCauses = 5;
/** So many stacks of errors in a row are compared. */
const maxComparedStacks = 10;

/** Notices that nobody can mend: of scripts of other origins, of observers, of crawlers that scan links in mails. */
const noise: [reason: string, pattern: RegExp][] = [
  ['error_cross_origin', /^Script error\.?$/],
  ['error_resize_loop', /^ResizeObserver loop/],
  ['error_crawler', /^Object Not Found Matching Id:/],
];

/** Calls in the visitor's browser extensions and in the browser itself: their errors are not the page's. */
const foreign = /-extension:|@(webkit-masked-url|chrome|resource):/;

/**
 * Records uncaught errors and rejections: ten of a type, then one in ten seconds. What happens several times in a row is
 * recorded once, and once more with the count when something else happens or the page is hidden.
 */
export function error({ console: withConsole }: ErrorOptions = {}): Capture {
  return (tracker) => {
    const rate = createErrorRate(tracker);
    let last: Caught | undefined;
    let repeats = 0;

    function report(caught: Caught): void {
      const reason = noise.find(([, pattern]) => pattern.test(caught.message))?.[0];
      if (reason) tracker.drop(reason);
      else if (last && isSame(caught, last)) repeats++;
      else {
        reportRepeats();
        last = caught;
        record(caught);
      }
    }

    function reportRepeats(): void {
      if (last && repeats) record(last, repeats - 1);
      repeats = 0;
    }

    function record(caught: Caught, again?: number): void {
      if (!rate.take(caught.errorType)) return;
      const props = propsOf(caught, tracker);
      const [top = `@${props.source}`] = (props.stack ?? '').match(/.*:\d+$/m) ?? [];
      if (foreign.test(top)) tracker.drop('error_extension');
      else tracker.send({ type: 'error', props: { ...props, repeats: again || undefined } });
    }

    /** Of a place unknown the stack decides, but not for ever: the browser makes its text when it is read. */
    function isSame(a: Caught, b: Caught): boolean {
      return (
        samePlace.every((key) => a[key] === b[key]) &&
        (a.line !== undefined || repeats > maxComparedStacks || stackOf(a.thrown) === stackOf(b.thrown))
      );
    }

    /** Before anything else is read of the event: the browser makes each of its properties when it is asked. */
    function isOverRate(thrown: unknown): boolean {
      return rate.isStormy(typeOf(thrown));
    }

    tracker.listen('error', (event) => {
      // Images and scripts that fail to load fire events without a message.
      if ('message' in event && !isOverRate(event.error)) report(caughtByWindow(event));
    });
    tracker.listen('unhandledrejection', (event) => {
      if ('reason' in event && !isOverRate(event.reason))
        report({ ...describeThrown(event.reason), handled: false });
    });
    tracker.onHide(() => {
      reportRepeats();
      rate.flush();
    });
    if (withConsole)
      watchCalls(
        console,
        'error',
        tracker.guard((_console, values) => report(caughtByConsole(values))),
      );
  };
}

function propsOf({ thrown, source, ...rest }: Caught, tracker: Tracker): ErrorProps {
  const { message, errorType } = rest;
  const causes = causesOf(thrown).map((cause) => cleanThrown(describeThrown(cause), tracker));
  return {
    ...rest,
    ...cleanThrown({ thrown, message, errorType }, tracker),
    source: source && tracker.url(source),
    causes: causes[0] && causes,
  };
}

function caughtByWindow({ error, message, filename, lineno, colno }: ErrorEvent): Caught {
  const place = filename ? { source: filename, line: lineno, column: colno } : {};
  return { ...describeThrown(error ?? message, message), ...place, handled: false };
}

function caughtByConsole(values: unknown[]): Caught {
  const message = values.map((value) => describeThrown(value).message).join(' ');
  return { ...describeThrown(values.find(typeOf)), message, handled: true };
}

/** Anything can be thrown, also what cannot be read: getters throw, and so does all of a proxy that was revoked. */
function describeThrown(thrown: unknown, unreadable = '[unreadable]'): Thrown {
  const message = attempt(() => messageOf(thrown)) ?? unreadable;
  return { thrown, message, errorType: typeOf(thrown) };
}

/** Of an object that is no error the keys are told, not the values. */
function messageOf(thrown: unknown): string {
  if (isError(thrown)) return String(thrown.message);
  const isObject = typeof thrown === 'object' && thrown;
  return isObject ? `Object with keys: ${Object.keys(thrown).sort()}` : String(thrown);
}

/** Errors of frames are not instances of this window's Error. */
function isError(thrown: unknown): thrown is Error & { errors?: unknown[] } {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'name' in thrown;
}

/** Nothing where it cannot be read, as for the stack. */
function typeOf(thrown: unknown): string | undefined {
  return attempt(() => isError(thrown) && thrown.name && String(thrown.name)) || undefined;
}

function stackOf(thrown: unknown): string {
  return attempt(() => isError(thrown) && String(thrown.stack ?? '')) || '';
}

/** Of several at once, as from Promise.any(), the first. */
function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = [];
  const causeOf = (at: unknown) => attempt(() => isError(at) && (at.cause ?? at.errors?.[0]));
  for (let at = causeOf(thrown); at && causes.length < maxCauses; at = causeOf(at)) causes.push(at);
  return causes;
}

function cleanThrown({ thrown, message, errorType }: Thrown, { text, url }: Tracker): ThrownProps {
  const lines = parseStack(stackOf(thrown)).map(
    ({ name, file, place }) => `${name}@${/^https?:/.test(file) ? url(file) : file}${place}`,
  );
  return {
    message: text(message, maxMessageChars),
    errorType: errorType && text(errorType, maxMessageChars),
    stack: text(lines.join('\n'), maxStackChars) || undefined,
  };
}
