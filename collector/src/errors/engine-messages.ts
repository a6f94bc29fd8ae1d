/** What an engine says of one kind of mistake, in the words of V8, Gecko and JavaScriptCore. */
export type EngineMessage = {
  kind: string;
  /**
   * The group `subject` is a name that every engine and every build tells alike, such as a property: part of the bug. The
   * group `variable` is one that minifiers change. The group `nothing` says whether it was undefined or null.
   */
  patterns: RegExp[];
  /** Happens anywhere: the kind alone says nothing of where the bug is. */
  isBroad?: boolean;
};

const name = String.raw`(?<subject>[^'"\s]+)`;
const lastName = String.raw`(?:[^\n]*[.\]](?<subject>[\w$#]+)|(?<variable>[\w$#]+)|[^\n]*)`;

/** The first that matches holds. Messages that no entry matches were written by the author of the page's code. */
export const engineMessages: EngineMessage[] = [
  {
    kind: 'undeclared variable',
    patterns: [
      new RegExp(`^${name} is not defined$`),
      new RegExp(`^Can't find variable: ${name}$`),
      new RegExp(`^['"]${name}['"] is (?:undefined|not defined)$`),
    ],
  },
  {
    kind: 'recursion without end',
    patterns: [/^Maximum call stack size exceeded\.?$/, /^too much recursion$/, /^Out of stack space$/],
  },
  {
    kind: 'nothing made an object',
    patterns: [
      /^Cannot convert undefined or null to object$/,
      /^can't convert (?:undefined|null) to object$/,
      /^(?:undefined|null) is not an object \(evaluating 'Object\./,
    ],
  },
  {
    kind: 'not iterable',
    isBroad: true,
    patterns: [
      /is not iterable/,
      /^can't access property Symbol\.iterator/,
      /is not a function \(near '\.\.\./,
      /^Spread syntax requires/,
    ],
  },
  {
    kind: 'property of nothing',
    isBroad: true,
    patterns: [
      /^Cannot (?:read|set) propert(?:y|ies) of (?<nothing>undefined|null)(?: \((?:reading|setting) '(?<subject>[^']*)'\))?$/,
      /^Cannot (?:read|set) property '(?<subject>[^']*)' of (?<nothing>undefined|null)$/,
      /^can't access property (?:"(?<subject>[^"]*)"|\S+), .* (?:is|of) (?<nothing>undefined|null)$/,
      /^can't access property "(?<subject>[^"]*)" of (?<nothing>undefined|null)$/,
      /^'?(?<nothing>undefined|null)'? is not an object(?: \(evaluating '[^\n]*?\.(?<subject>[\w$]+)(?: =[^\n]*|\()?'?\)?.*)?$/,
      /^Unable to (?:get|set) property '(?<subject>[^']*)' of undefined or null reference$/,
      /^Cannot destructure property '(?<subject>[^']*)' of .*?(?:is (?<nothing>undefined|null)\.)?$/,
      /^Right side of assignment cannot be destructured$/,
      /^(?<nothing>undefined|null) has no properties$/,
      /^\S+ is (?<nothing>undefined|null)$/,
    ],
  },
  {
    kind: 'division by zero',
    patterns: [/^Division by zero$/, /^BigInt division by zero$/, /^0 is an invalid divisor value\.?$/],
  },
  {
    kind: 'locale',
    patterns: [/^Incorrect locale information provided$/, /^[Ii]nvalid language tag: /],
  },
  {
    kind: 'time zone',
    patterns: [/^Invalid time zone specified: /, /^invalid time zone in /, /^invalid time zone: /],
  },
  {
    kind: 'code point',
    patterns: [/^Invalid code point /, /is not a valid code point$/, /out of range of code points$/],
  },
  {
    kind: 'normalization form',
    patterns: [
      /^The normalization form should be/,
      /^form must be one of/,
      /^argument does not match any normalization form$/,
    ],
  },
  {
    kind: 'description of a property',
    patterns: [
      /^Property description must be an object/,
      /is not a non-null object$/,
      /^Invalid property descriptor/,
    ],
  },
  {
    kind: 'method called on no object',
    patterns: [
      /^Object\.\w+ called on non-object$/,
      /^Object\.\w+ requires that /,
      /^Properties can only be defined on Objects\.?$/,
    ],
  },
  {
    kind: 'prototype',
    patterns: [/^Object prototype may only be an Object or null/, /expected (?:an )?object or null, got/],
  },
  {
    kind: 'key that cannot be weak',
    patterns: [
      /^Invalid value used as weak map key$/,
      /^Invalid value used in weak set$/,
      /^Weak(?:Map|Set) (?:key|value) /,
      /^Attempted to (?:set|add) a non-object/,
    ],
  },
  {
    kind: 'revoked proxy',
    patterns: [/on a proxy that has been revoked$/, /revoked proxy$/, /^Proxy has already been revoked/],
  },
  {
    kind: 'superclass',
    patterns: [
      /^Class extends value /,
      /^class heritage /,
      /^The superclass is not a (?:constructor|object)/,
    ],
  },
  {
    kind: 'super called twice',
    patterns: [
      /^Super constructor may only be called once$/,
      /^super\(\) called twice/,
      /^'super\(\)' can't be called more than once/,
    ],
  },
  {
    kind: 'not a constructor',
    isBroad: true,
    patterns: [new RegExp(`^${lastName} is not a constructor(?: \\(evaluating .*\\))?$`)],
  },
  {
    kind: 'not a function',
    isBroad: true,
    patterns: [
      new RegExp(`^${lastName} is not a function(?:\\. \\(In .*|\\.| or its return value is not iterable)?$`),
      /^Object doesn't support property or method '(?<subject>[^']*)'$/,
    ],
  },
  {
    kind: 'assignment to a constant',
    patterns: [
      /^Assignment to constant variable\.?$/,
      /^invalid assignment to const(?: |$)/,
      /^Attempted to assign to a constant/,
    ],
  },
  {
    kind: 'write to what is read-only',
    patterns: [
      /^Cannot assign to read only property '(?<subject>[^']*)'/,
      /^"(?<subject>[^"]*)" is read-only$/,
      /^Attempted to assign to readonly property\.?$/,
      /^Cannot set property (?<subject>\S+) of .* which has only a getter$/,
      /^setting getter-only property "(?<subject>[^"]*)"$/,
    ],
  },
  {
    kind: 'property added to what is not extensible',
    patterns: [
      /^Cannot (?:add|define) property (?<subject>\S+), object is not extensible$/,
      /^can't define property "(?<subject>[^"]*)": .* is not extensible$/,
      /^Attempting to define property on object that is not extensible\.?$/,
    ],
  },
  {
    kind: 'property redefined',
    patterns: [
      /^Cannot redefine property: (?<subject>\S+)$/,
      /^can't redefine non-configurable property "(?<subject>[^"]*)"$/,
      /^Attempting to change .* of (?:an )?unconfigurable property\.?$/,
    ],
  },
  {
    kind: 'property not deletable',
    patterns: [
      /^Cannot delete property '(?<subject>[^']*)'/,
      /^property "(?<subject>[^"]*)" is non-configurable and can't be deleted$/,
      /^Unable to delete property\.?$/,
    ],
  },
  {
    kind: 'used before its declaration',
    patterns: [
      /^Cannot access '(?<variable>[^']*)' before initialization$/,
      /^can't access lexical declaration '?(?<variable>[^' ]*)'? before initialization$/,
      /^Cannot access uninitialized variable\.?$/,
    ],
  },
  {
    kind: 'text that is no JSON',
    isBroad: true,
    patterns: [/is not valid JSON$/, /\bin JSON\b/, /\bJSON input$/, /^JSON\.parse: /, /^JSON Parse error: /],
  },
  {
    kind: 'cycle in JSON',
    patterns: [
      /^Converting circular structure to JSON/,
      /^cyclic object value$/,
      /^JSON\.stringify cannot serialize cyclic structures\.?$/,
    ],
  },
  {
    kind: 'network',
    isBroad: true,
    patterns: [
      /^Failed to fetch$/,
      /^NetworkError when attempting to fetch resource\.?$/,
      /^Load failed$/,
      /^Network request failed$/,
      /^The network connection was lost\.?$/,
    ],
  },
  {
    kind: 'module not loaded',
    isBroad: true,
    patterns: [
      /^Failed to fetch dynamically imported module/,
      /^error loading dynamically imported module/,
      /^Importing a module script failed\.?$/,
    ],
  },
  {
    kind: 'invalid URL',
    patterns: [
      /^(?:Failed to construct 'URL': )?Invalid URL$/,
      /^URL constructor: /,
      /is not a valid URL\.?$/,
      /cannot be parsed as a URL/,
    ],
  },
  {
    kind: 'length of an array',
    patterns: [
      /^[Ii]nvalid array length$/,
      /^Array (?:size|length) (?:is not|must be)/,
      /^Array length must be/,
      /^Invalid typed array length/,
      /^length cannot be negative/,
    ],
  },
  {
    kind: 'digits of a number',
    patterns: [
      /^to(?:Fixed|Precision|Exponential)\(\) (?:digits |precision )?argument must be/,
      /^precision -?\d+ out of range$/,
    ],
  },
  {
    kind: 'radix of a number',
    patterns: [/^toString\(\) radix (?:argument )?must be/, /^radix must be an integer/],
  },
  {
    kind: 'length of a string',
    patterns: [
      /^Invalid string length$/,
      /^allocation size overflow$/,
      /^Out of memory\.?$/,
      /^Invalid count value: /,
      /^repeat count must be/,
      /^String\.prototype\.repeat argument must be/,
    ],
  },
  {
    kind: 'regular expression',
    patterns: [
      /^Invalid regular expression/,
      /^unterminated (?:parenthetical|character class|regular expression)/,
      /^unmatched \) in regular expression$/,
      /^nothing to repeat$/,
      /^invalid (?:regular expression|regexp)/,
      /^Invalid flags supplied to RegExp constructor/,
      /^(?:invalid|numbers out of order in) .*(?:escape|quantifier|range|group|identifier)/,
    ],
  },
  {
    kind: 'mix of BigInt and Number',
    patterns: [
      /^Cannot mix BigInt and other types/,
      /^can't convert BigInt to number$/,
      /^Invalid mix of BigInt and other type/,
      /^Cannot convert a BigInt value to a number$/,
      /^Conversion from 'BigInt' to 'number' is not allowed/,
    ],
  },
  {
    kind: 'number made a BigInt',
    patterns: [/cannot be converted to a BigInt/, /can't be converted to (?:a )?BigInt/, /^Not an integer$/],
  },
  {
    kind: 'text made a BigInt',
    patterns: [
      /^Cannot convert .* to a BigInt$/,
      /^invalid BigInt syntax$/,
      /^Failed to parse String to BigInt$/,
    ],
  },
  { kind: 'invalid date', patterns: [/^Invalid time value$/, /^[Ii]nvalid [Dd]ate$/] },
  {
    kind: 'class called without new',
    patterns: [
      /^Class constructor (?<variable>\S+) cannot be invoked without 'new'$/,
      /^class constructors must be invoked with 'new'$/,
      /^Cannot call a class constructor (?:(?<variable>\S+) )?without \|new\|$/,
    ],
  },
  {
    kind: 'this before super',
    patterns: [
      /^Must call super constructor in derived class/,
      /^must call super constructor before/,
      /^'super\(\)' must be called in derived class/,
    ],
  },
  {
    kind: 'symbol made a string',
    patterns: [
      /^Cannot convert a [Ss]ymbol(?: value)? to a (?:string|number)$/,
      /^can't convert symbol to (?:string|number)$/,
    ],
  },
  {
    kind: 'URI',
    patterns: [
      /^URI malformed$/,
      /^URI error$/,
      /^malformed URI sequence$/,
      /^String contained an illegal UTF-16 sequence\.?$/,
    ],
  },
  {
    kind: 'operand of in',
    patterns: [
      /^Cannot use 'in' operator to search for/,
      /^cannot use 'in' operator to search for/,
      /^right-hand side of 'in' should be an object/,
      /is not an Object\. \(evaluating '.* in /,
    ],
  },
  {
    kind: 'operand of instanceof',
    patterns: [
      /^Right[- ]hand side of '?instanceof'? is not (?:callable|an object)/,
      /^invalid 'instanceof' operand/,
      /is not a function\. \(evaluating '.* instanceof/,
    ],
  },
  {
    kind: 'generator that runs',
    patterns: [/^[Gg]enerator is (?:already running|executing)$/, /^already executing generator$/],
  },
  { kind: 'reduce of nothing', patterns: [/^[Rr]educe of empty array with no initial value\.?$/] },
  {
    kind: 'private member',
    patterns: [
      /^(?:Cannot (?:read|write)|Receiver must be).* private (?:member|field|method)/,
      /^can't (?:access|set) private field or method/,
      /^Cannot access (?:invalid )?private (?:field|method|name)/,
      /^Receiver must be an instance of class/,
    ],
  },
  {
    kind: 'method of another object',
    patterns: [
      /called on incompatible (?:receiver|object)/,
      /^Method .* called on incompatible/,
      /^CallSite method/,
      /^Illegal invocation$/,
      /does not implement interface/,
      /^Can only call .* on instances of/,
      /^Type error$/,
    ],
  },
  {
    kind: 'every promise rejected',
    patterns: [/^All promises were rejected$/, /^No Promise in Promise\.any was resolved$/],
  },
  {
    kind: 'promise of itself',
    patterns: [/^Chaining cycle detected for promise/, /^A promise cannot be resolved with itself\.?$/],
  },
  {
    kind: 'proxy',
    patterns: [
      /^'(?<subject>\w+)' on proxy: /,
      /^proxy (?<subject>\w+) handler/,
      /^Proxy handler's '(?<subject>\w+)' result/,
      /^proxy must report/,
    ],
  },
  {
    kind: 'object made a primitive',
    patterns: [
      /^Cannot convert object to primitive value$/,
      /^can't convert .* to (?:primitive type|string|number)$/,
      /^No default value$/,
    ],
  },
  {
    kind: 'syntax',
    isBroad: true,
    patterns: [
      /^Unexpected (?:token|identifier|end of (?:input|script)|string|number|strict mode|reserved word|keyword|EOF)/,
      /^(?:missing|expected) .*(?:, got|after|before|in|statement)/,
      /^(?:unexpected token|syntax error|illegal character)/,
      /^Invalid or unexpected token$/,
      /^Parser error$/,
    ],
  },
];
