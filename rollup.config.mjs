import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { dashboard, firstView, input, output } from './collector/dashboard/rollup.js';
import { arrowFunctions } from './sdk/arrow-functions.js';

/** tsc emits the modules that rollup bundles, so that one compiler decides what the types allow. */
const modules = 'sdk/dist/modules';

/**
 * Names of properties that are shortened, beside the names of variables. The rule: a name belongs here if only the
 * parts of the core hand it to each other. A name never belongs here that is written to the wire (it would change the
 * contract), that a page's code uses (options, `Footfall`, `Tracker`), or that objects of the browser or the language have
 * (`next`, `keys`, `body`, `status` would break fetch and Set) where the bundle uses those. `builtins` lets names such as
 * `lock` in, which objects of the browser have that the bundle does not touch. Every browser test runs on the shortened bundle.
 */
const privateNames = [
  ...['hold', 'save', 'mode', 'groupAt', 'setUser', 'accept', 'onStop', 'isOpen', 'lock'],
  ...['outbox', 'drops', 'hasMore', 'busy', 'withDrops', 'bytes', 'maxEvents', 'maxBytes', 'maxMs'],
  ...['isLeaving', 'retryAfterMs', 'delivery', 'gate', 'recorder'],
  ...['schedule', 'resume', 'flushNow', 'wake', 'names', 'removals'],
  ...['isEnrolled', 'mergedFrom', 'bucket', 'remember', 'isBot', 'waiting', 'notes', 'lift'],
  ...['thrown', 'isStormy', 'take', 'place', 'record', 'since', 'read', 'file'],
];

/** One word where there were two takes 1 % off the compressed bundle. tsc has made sure that nothing assigns to a constant. */
const constToLet = {
  name: 'const-to-let',
  renderChunk: (code) => code.replace(/^(\s*(?:export )?|.*\()const /gm, '$1let '),
};

/** None of the functions is called with `new`, which `unsafe_methods` asks for. */
const compress = {
  passes: 4,
  pure_getters: true,
  unsafe_arrows: true,
  unsafe_methods: true,
  lhs_constants: false,
};
const minify = (mangle, { functionsFirst = true } = {}) =>
  terser({
    ecma: 2020,
    module: true,
    compress: { ...compress, hoist_funs: functionsFirst },
    mangle,
    // ASCII, because a page in another encoding would misread the words of other scripts.
    format: { comments: false, ascii_only: true },
  });
const properties = { regex: new RegExp(`^(${privateNames.join('|')})$`), builtins: true };
// A bundle of many small functions is smaller after brotli where they stay in their places.
const minified = [arrowFunctions(), constToLet, minify({ properties }, { functionsFirst: false })];

export default [
  {
    input: `${modules}/script.js`,
    output: { file: 'sdk/dist/footfall.min.js', format: 'iife', plugins: minified },
    plugins: [resolve()],
  },
  {
    // Pasted into pages, so it is one statement of plain text.
    input: `${modules}/stub.js`,
    output: { file: 'sdk/dist/stub.min.js', format: 'iife', plugins: [minify(true)] },
  },
  {
    // A chunk of its own: the collector serves it beside the script, and npm users import it when they want it.
    input: `${modules}/capture/web-vitals.js`,
    output: {
      file: 'sdk/dist/vitals.js',
      format: 'es',
      banner: '/*! With web-vitals, Copyright Google LLC, Apache-2.0 */',
      plugins: [minify(true)],
    },
    plugins: [resolve()],
  },
  {
    // Minified as well, because the bundler of an application cannot know which names are private.
    input: `${modules}/index.js`,
    output: { file: 'sdk/dist/index.js', format: 'es', plugins: minified },
    plugins: [resolve()],
  },
  {
    // An entry of its own: pages without experiments do not pay for it.
    input: `${modules}/experiments.js`,
    output: { file: 'sdk/dist/experiments.js', format: 'es' },
    plugins: [resolve()],
  },
  {
    input: `${modules}/script-experiments.js`,
    output: { file: 'sdk/dist/footfall-experiments.min.js', format: 'iife', plugins: minified },
    plugins: [resolve()],
  },
  {
    // The page of the collector: a chunk for each view, loaded when it is opened.
    input,
    output: {
      dir: output,
      format: 'es',
      entryFileNames: '[name]-[hash].js',
      chunkFileNames: '[name]-[hash].js',
      assetFileNames: '[name]-[hash][extname]',
      // What the first screen needs stays in two files, whatever else needs it too.
      manualChunks: { main: [input], overview: [firstView] },
      plugins: [terser({ ecma: 2020, module: true, compress: { passes: 2 }, format: { comments: false } })],
    },
    plugins: [dashboard(), resolve({ browser: true })],
  },
];
