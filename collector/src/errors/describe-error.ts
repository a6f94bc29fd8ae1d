import { engineMessages } from './engine-messages.js';

/** What an error is, without the words that differ between browsers, releases and occurrences. */
export type ErrorKind = {
  /** Errors of different buckets are never the same bug. */
  bucket: string;
  /** A name in the engine's message, such as the missing property: two that differ are two bugs. */
  subject: string | null;
  /** undefined or null, where the message tells which: two that differ are two bugs. */
  nothing: string | null;
  /** Of a class of the page's own, whose constructor some engines show on top of the stack. */
  hasConstructor: boolean;
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
const domSyntax =
  /^(?:An invalid or illegal string was specified|The string did not match the expected pattern\.?)$/;
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
  const plain = { subject: null, nothing: null, isBroad: false, hasConstructor: false };
  if (type !== null && domNames.has(type)) return { ...plain, ...describeDomError(type, message) };
  if (isOfEngine(type)) {
    const known = describeKnown(message);
    if (known) return { ...plain, ...known };
    if (isDomSyntaxError(type, message)) return { ...plain, ...describeDomError('SyntaxError', message) };
    const method = methodOf(message);
    if (method) return { ...plain, bucket: `${type ?? 'Error'} of ${method}` };
  }
  return {
    ...plain,
    bucket: `${type ?? 'Error'}: ${generalize(message)}`,
    hasConstructor: !isOfEngine(type),
  };
}

function describeKnown(
  message: string,
): Pick<ErrorKind, 'bucket' | 'subject' | 'nothing' | 'isBroad'> | undefined {
  for (const { kind, patterns, isBroad = false } of engineMessages) {
    const groups = firstMatch(patterns, message);
    if (!groups) continue;
    const subject = groups.subject ?? readableOrNull(groups.variable);
    return { bucket: kind, subject, nothing: groups.nothing ?? null, isBroad: isBroad && subject === null };
  }
  return undefined;
}

// A SyntaxError of the DOM has no other name than one of the language.
function isDomSyntaxError(type: string | null, message: string): boolean {
  return type === 'SyntaxError' && (methodOf(message) !== undefined || domSyntax.test(message));
}

function describeDomError(type: string, message: string): Pick<ErrorKind, 'bucket' | 'subject' | 'isBroad'> {
  const subject = methodOf(message) ?? null;
  return { bucket: `${type} of the DOM`, subject, isBroad: subject === null && type !== 'AbortError' };
}

function normalize({ type, message }: { type: string | null; message: string | null }): Thrown {
  const text = (message ?? '').trim().replace(uncaught, '');
  const inText = typed.exec(text);
  const named = inText?.[1] ?? (type === '' || type === 'Error' ? null : type);
  return { type: (named && sameType[named]) ?? named, message: (inText?.[2] ?? text).trim() };
}

// What an author throws is mostly an Error or a class of the page; a TypeError in own words matches no pattern.
function isOfEngine(type: string | null): boolean {
  return type === null || /^(?:Type|Reference|Range|Syntax|URI|Internal|Aggregate|Eval)Error$/.test(type);
}

function firstMatch(patterns: RegExp[], message: string): Partial<Record<string, string>> | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(message);
    if (match) return match.groups ?? {};
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
