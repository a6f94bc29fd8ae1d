import { expect, test } from 'vitest';
import { groupSignatures } from '../../../src/errors/group-signatures.js';
import { type ErrorReport, signatureOf } from '../../../src/errors/signature.js';

type Given = Partial<ErrorReport> & { message: string };

function groupsOf(given: Given[]): number[] {
  const signatures = given.map((report) =>
    signatureOf({
      type: null,
      stack: null,
      source: null,
      line: null,
      column: null,
      release: null,
      browser: 'Chrome',
      ...report,
    }),
  );
  const groupOf = groupSignatures(signatures);
  const names = signatures.map(({ id }) => groupOf.get(id));
  return names.map((name) => names.indexOf(name));
}

const site = 'https://shop.example/assets';
const v8 = (name: string, place: string) => `Error: x\n    at ${name} (${site}/${place})`;
const gecko = (name: string, place: string) => `${name}@${site}/${place}`;

// What V8, Gecko and JavaScriptCore say of one mistake, each written down from the engine.
const sameMistake: [string, string, string[]][] = [
  [
    'TypeError',
    'property of undefined',
    [
      "Cannot read properties of undefined (reading 'id')",
      'can\'t access property "id", o is undefined',
      "undefined is not an object (evaluating 'o.id')",
    ],
  ],
  [
    'TypeError',
    'property of null, set',
    [
      "Cannot set properties of null (setting 'title')",
      'can\'t access property "title", node is null',
      "null is not an object (evaluating 'node.title = 1')",
    ],
  ],
  [
    'TypeError',
    'not a function',
    [
      'cart.total is not a function',
      'cart.total is not a function',
      "cart.total is not a function. (In 'cart.total()', 'cart.total' is undefined)",
    ],
  ],
  [
    'TypeError',
    'not iterable',
    [
      'undefined is not iterable (cannot read property Symbol(Symbol.iterator))',
      'items is not iterable',
      "undefined is not a function (near '...item of items...')",
    ],
  ],
  [
    'TypeError',
    'not a constructor',
    [
      'Widget is not a constructor',
      'Widget is not a constructor',
      "Widget is not a constructor (evaluating 'new Widget')",
    ],
  ],
  [
    'ReferenceError',
    'not declared',
    ['checkoutTotal is not defined', 'checkoutTotal is not defined', "Can't find variable: checkoutTotal"],
  ],
  [
    'ReferenceError',
    'before initialization',
    [
      "Cannot access 'state' before initialization",
      "can't access lexical declaration 'state' before initialization",
      'Cannot access uninitialized variable.',
    ],
  ],
  [
    'SyntaxError',
    'JSON',
    [
      'Unexpected token \'<\', "<!doctype "... is not valid JSON',
      'JSON.parse: unexpected character at line 1 column 1 of the JSON data',
      "JSON Parse error: Unrecognized token '<'",
    ],
  ],
  [
    'RangeError',
    'length of an array',
    ['Invalid array length', 'invalid array length', 'Array size is not a small enough positive integer.'],
  ],
  [
    'RangeError',
    'digits',
    [
      'toFixed() digits argument must be between 0 and 100',
      'precision 101 out of range',
      'toFixed() argument must be between 0 and 100',
    ],
  ],
  ['RangeError', 'date', ['Invalid time value', 'invalid date', 'Invalid Date']],
  [
    'TypeError',
    'network',
    ['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'],
  ],
  [
    'TypeError',
    'BigInt',
    [
      'Cannot mix BigInt and other types, use explicit conversions',
      "can't convert BigInt to number",
      'Invalid mix of BigInt and other type in addition.',
    ],
  ],
  [
    'TypeError',
    'cycle',
    [
      "Converting circular structure to JSON\n    --> starting at object with constructor 'Object'",
      'cyclic object value',
      'JSON.stringify cannot serialize cyclic structures.',
    ],
  ],
  [
    'URIError',
    'URI',
    ['URI malformed', 'malformed URI sequence', 'String contained an illegal UTF-16 sequence.'],
  ],
  [
    'TypeError',
    'reduce',
    [
      'Reduce of empty array with no initial value',
      'reduce of empty array with no initial value',
      'reduce of empty array with no initial value',
    ],
  ],
  [
    'TypeError',
    'nothing as an object',
    [
      'Cannot convert undefined or null to object',
      "can't convert undefined to object",
      "undefined is not an object (evaluating 'Object.keys(x)')",
    ],
  ],
];

test.each(sameMistake)('%s: %s is one bug in three engines and two releases', (type, _, [v, g, j]) => {
  const reports = [
    { type, message: v ?? '', stack: v8('loadCart', 'main.f5044290.js:1:900') },
    { type, message: v ?? '', stack: v8('loadCart', 'main.06d1dc04.js:1:1300') },
    { type, message: g ?? '', stack: gecko('loadCart', 'main.f5044290.js:1:903'), browser: 'Firefox' },
    { type, message: j ?? '', stack: gecko('loadCart', 'main.f5044290.js:1:905'), browser: 'Safari' },
  ];
  expect(groupsOf(reports)).toEqual([0, 0, 0, 0]);
});

test.each<[string, Given, Given]>([
  [
    'the same message of two functions',
    { message: 'failed', stack: v8('saveCart', 'app.js:10:5') },
    { message: 'failed', stack: v8('loadCart', 'app.js:90:5') },
  ],
  [
    'the same message at two places of one minified build',
    { message: 'failed', stack: v8('t', 'main.f5044290.js:1:500') },
    { message: 'failed', stack: v8('n', 'main.f5044290.js:1:2500') },
  ],
  [
    'the same message of anonymous functions of one build in two browsers',
    { message: 'failed', stack: `Error: failed\n    at ${site}/main.f5044290.js:1:500` },
    { message: 'failed', stack: `@${site}/main.f5044290.js:1:4000`, browser: 'Firefox' },
  ],
  [
    'two endless recursions',
    { type: 'RangeError', message: 'Maximum call stack size exceeded', stack: v8('walkTree', 'app.js:1:5') },
    { type: 'RangeError', message: 'Maximum call stack size exceeded', stack: v8('cloneDeep', 'app.js:9:5') },
  ],
  [
    'two missing properties in one function',
    {
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'price')",
      stack: v8('render', 'app.js:5:5'),
    },
    {
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'title')",
      stack: v8('render', 'app.js:9:5'),
    },
  ],
  [
    'two names that are not declared',
    { type: 'ReferenceError', message: 'ga is not defined', stack: v8('track', 'app.js:5:5') },
    { type: 'ReferenceError', message: 'fbq is not defined', stack: v8('track', 'app.js:6:5') },
  ],
  [
    'two messages of the page’s author',
    { message: 'cart is empty', stack: v8('checkout', 'app.js:5:5') },
    { message: 'card was declined', stack: v8('checkout', 'app.js:9:5') },
  ],
  [
    'functions of one name in two chunks',
    { type: 'TypeError', message: 'Failed to fetch', stack: v8('load', 'home.f5044290.js:1:500') },
    { type: 'TypeError', message: 'Failed to fetch', stack: v8('load', 'cart.06d1dc04.js:1:500') },
  ],
  [
    'an engine’s broad message in two releases that name nothing in common',
    { type: 'TypeError', message: 'Failed to fetch', stack: v8('t', 'main.f5044290.js:1:500') },
    { type: 'TypeError', message: 'Failed to fetch', stack: v8('q', 'main.06d1dc04.js:1:9000') },
  ],
  [
    'two types',
    { type: 'TypeError', message: 'bad input', stack: v8('parse', 'app.js:5:5') },
    { type: 'RangeError', message: 'bad input', stack: v8('parse', 'app.js:5:5') },
  ],
  [
    'two names in quotes',
    { message: "missing field 'email'", stack: v8('validate', 'app.js:5:5') },
    { message: "missing field 'phone'", stack: v8('validate', 'app.js:5:5') },
  ],
])('kept apart: %s', (_, one, other) => {
  expect(groupsOf([one, other])).toEqual([0, 1]);
});

test.each<[string, Given[]]>([
  [
    'ids, numbers, addresses and quoted values in a message',
    [
      {
        message: 'order 48213 of "Jane Doe" not found at https://a.example/x?id=1',
        stack: v8('load', 'app.js:5:5'),
      },
      { message: 'order 7 of "Bo Li" not found at https://a.example/y', stack: v8('load', 'app.js:5:5') },
    ],
  ],
  [
    'a string that was thrown, as each browser reports it',
    [
      { message: 'plain' },
      { message: 'Uncaught plain', source: `${site}/app.js`, line: 100, column: 7 },
      {
        message: 'uncaught exception: plain',
        source: `${site}/app.js`,
        line: 100,
        column: 7,
        browser: 'Firefox',
      },
    ],
  ],
  [
    'what the SDK writes and what the browser wrote',
    [
      { type: 'Error', message: 'failed', stack: v8('Cart.save', 'app.js:10:5') },
      { type: 'Error', message: 'failed', stack: gecko('Cart.save', 'app.js:10:5') },
    ],
  ],
  [
    'two functions that call each other until the stack is full',
    [
      {
        type: 'RangeError',
        message: 'Maximum call stack size exceeded',
        stack: `${v8('pingOnce', 'app.js:1:5')}\n    at pongOnce (${site}/app.js:2:5)`,
      },
      {
        type: 'InternalError',
        message: 'too much recursion',
        stack: `${gecko('pongOnce', 'app.js:2:9')}\n${gecko('pingOnce', 'app.js:1:5')}`,
        browser: 'Firefox',
      },
    ],
  ],
  [
    'an object that was thrown',
    [
      { message: '[object Object]' },
      { message: 'Uncaught #<Object>' },
      { message: 'uncaught exception: Object', browser: 'Firefox' },
    ],
  ],
  [
    'other callers of one place',
    [
      { message: 'failed', stack: `${v8('save', 'app.js:10:5')}\n    at onClick (${site}/app.js:80:2)` },
      { message: 'failed', stack: `${v8('save', 'app.js:10:5')}\n    at onSubmit (${site}/app.js:90:2)` },
    ],
  ],
])('one bug: %s', (_, reports) => {
  expect(new Set(groupsOf(reports)).size).toBe(1);
});

test('the order of arrival changes nothing', () => {
  const reports: Given[] = ['f5044290', '06d1dc04', 'aa11bb22'].flatMap((build) => [
    { message: 'failed', stack: v8('t', `main.${build}.js:1:500`) },
    {
      message: 'failed',
      stack: `${v8('t', `main.${build}.js:1:900`)}\n    at openMenu (${site}/main.${build}.js:1:99)`,
    },
    { message: 'failed', stack: v8('saveCart', `main.${build}.js:1:1700`) },
  ]);
  const forwards = groupsOf(reports);
  const backwards = groupsOf([...reports].reverse()).reverse();
  const pairs = (groups: number[]) => groups.map((group) => groups.map((other) => group === other));
  expect(pairs(backwards)).toEqual(pairs(forwards));
});
