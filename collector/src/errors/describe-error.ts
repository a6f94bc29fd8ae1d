import { engineMessages } from './engine-messages.js';

/** What an error is, without the words that differ between browsers, releases and occurrences. */
export type ErrorKind = {
  /** Errors of different buckets are never the same bug. */
  bucket: string;
  /** A name in the engine's message, such as the missing property: two that differ are two bugs. */
  subject: string | null;
  /** The bucket alone tells too little to join two stacks that have nothing in common. */
  isBroad: boolean;
};

type Thrown = { type: string | null; message: string };

const uncaught =
  /^(?:uncaught exception: |Uncaught \(in promise\)(?: |: )?|Uncaught |Unhandled rejection:? )/i;
const typed = /^([A-Z]\w*(?:Error|Exception)): ([\s\S]*)$/;
/** How an object that is no error is told: by V8, by String(), by Gecko. */
const thrownObject = /^(?:#<Object>|\[object Object\]|Object)$/;
const domMethod =
  /^Failed to (?:execute|construct|set|read)(?: the)? '(\w+)'(?: property (?:on|from))?(?: (?:on|from) '(\w+)')?/;
const domPrefix = /^(\w+)(?:\.(\w+)| constructor)( setter)?: /;

/** Exceptions of the browser, whose text is the browser's own (https://webidl.spec.whatwg.org/#idl-DOMException-error-names). */
const domNames = new Set(
  `HierarchyRequestError WrongDocumentError InvalidCharacterError NoModificationAllowedError NotFoundError
  NotSupportedError InUseAttributeError InvalidStateError InvalidModificationError NamespaceError InvalidAccessError
  TypeMismatchError SecurityError NetworkError AbortError URLMismatchError QuotaExceededError TimeoutError
  InvalidNodeTypeError DataCloneError EncodingError NotReadableError UnknownError ConstraintError DataError
  TransactionInactiveError ReadOnlyError VersionError OperationError NotAllowedError OptOutError`.split(
    /\s+/,
  ),
);

/** Types whose name says nothing that another browser would say too. */
const sameType: Record<string, string> = {
  InternalError: 'RangeError',
  NS_ERROR_DOM_QUOTA_REACHED: 'QuotaExceededError',
};

/** Says what an error is, of its type (`error.name`) and its message. */
export function describeError(thrown: { type: string | null; message: string | null }): ErrorKind {
  const { type, message } = normalize(thrown);
  if (type !== null && domNames.has(type)) return describeDomError(type, message);
  for (const { kind, patterns, isBroad = false } of engineMessages) {
    const match = isOfEngine(type) ? firstMatch(patterns, message) : undefined;
    if (!match) continue;
    const subject = match.groups?.subject ?? readableOrNull(match.groups?.variable);
    return { bucket: kind, subject, isBroad: isBroad && subject === null };
  }
  const method = methodOf(message);
  if (method && isOfEngine(type))
    return { bucket: `${type ?? 'Error'} of ${method}`, subject: null, isBroad: false };
  return { bucket: `${type ?? 'Error'}: ${generalize(message)}`, subject: null, isBroad: false };
}

function describeDomError(type: string, message: string): ErrorKind {
  const subject = methodOf(message) ?? null;
  return { bucket: type, subject, isBroad: subject === null && type !== 'AbortError' };
}

function normalize({ type, message }: { type: string | null; message: string | null }): Thrown {
  const text = (message ?? '').trim().replace(uncaught, '');
  const inText = typed.exec(text);
  const named = inText?.[1] ?? (type === '' || type === 'Error' ? null : type);
  return { type: (named && sameType[named]) ?? named, message: (inText?.[2] ?? text).trim() };
}

// What an author throws is mostly an Error; one who throws a TypeError of his own words matches no pattern.
function isOfEngine(type: string | null): boolean {
  return type === null || /^(?:Type|Reference|Range|Syntax|URI|Internal|Aggregate|Eval)Error$/.test(type);
}

function firstMatch(patterns: RegExp[], message: string): RegExpExecArray | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(message);
    if (match) return match;
  }
  return undefined;
}

/** Interface and method of a message of the DOM: `Document.createElement`. */
function methodOf(message: string): string | undefined {
  const inChromium = domMethod.exec(message);
  if (inChromium) return inChromium[2] ? `${inChromium[2]}.${inChromium[1]}` : inChromium[1];
  const inGecko = domPrefix.exec(message);
  return inGecko ? (inGecko[2] ? `${inGecko[1]}.${inGecko[2]}` : inGecko[1]) : undefined;
}

// A minified name is another one in the next release.
function readableOrNull(name: string | undefined): string | null {
  return name !== undefined && isReadable(name) ? name : null;
}

/** Whether a name was given by a person: minifiers give names of one to three letters. */
export function isReadable(name: string): boolean {
  if (name.length < 3 || /^[\d$_]+$/.test(name)) return false;
  return name.length > 3 || /^[a-z]*[aeiou][a-z]*$/.test(name);
}

/** The words of a message without what differs between two occurrences: numbers, ids, addresses, quoted values. */
function generalize(message: string): string {
  if (thrownObject.test(message)) return '<object>';
  return message
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`)>]+/gi, '<url>')
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '<email>')
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '<id>')
    .replace(/(["'`])((?:(?!\1)[^\n]){1,200})\1/g, (all, _quote, inside) =>
      /^[A-Za-z_$][\w$.-]{0,39}$/.test(inside) && !/\d/.test(inside) ? all : '<value>',
    )
    .replace(/[+-]?\d+(?:[.,:]\d+)*/g, '<n>')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
