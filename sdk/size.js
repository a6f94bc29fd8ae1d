import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

/** Prints the size of what a page loads. `--check FILE` compares the table in a file, `--write FILE` updates it. */

const dist = new URL('./dist/', import.meta.url);

/** What an application imports; the names of the captures are those of index.js. */
const withCaptures = (names) => `export { ${['init', ...names].join(', ')} } from 'sdk';`;
const captures = Object.keys(await import(new URL('index.js', dist))).filter((name) => name !== 'init');

const entries = {
  'init alone': withCaptures([]),
  core: withCaptures(['pageview', 'engagement']),
  'all captures': withCaptures(captures),
};

/**
 * Bytes after brotli (quality 11) that may not be exceeded, beside the goal. Where the budget lies above the goal it is
 * what was reached: it may be lowered, never raised.
 */
const budgets = {
  core: { budget: 6700, goal: 3600 },
  'all captures': { budget: 10_490, goal: 7000 },
  'footfall.min.js': { budget: 10_850, goal: 7000 },
  'footfall-experiments.min.js': { budget: 13_540, goal: 9000 },
  'vitals.js': { budget: 3155, goal: 3600 },
  'stub.min.js': { budget: 160, goal: 400 },
};

async function bundle(source) {
  const virtual = {
    name: 'entry',
    resolveId: (id) => ({ entry: 'entry', sdk: fileURLToPath(new URL('index.js', dist)) })[id],
    load: (id) => (id === 'entry' ? source : null),
  };
  const build = await rollup({ input: 'entry', plugins: [virtual] });
  const { output } = await build.generate({ format: 'es', plugins: [terser({ ecma: 2020, module: true })] });
  return output[0].code;
}

function measure(name, code) {
  const brotli = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: code.length } });
  return {
    name,
    minified: Buffer.byteLength(code),
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotli.length,
  };
}

/** A capture costs what the bundle grows by when it is imported beside the core; `alone` it is measured beside `init`. */
async function measureAll() {
  const names = ['footfall.min.js', 'footfall-experiments.min.js', 'vitals.js', 'stub.min.js'];
  const files = names.map(async (name) => measure(name, await readFile(new URL(name, dist), 'utf8')));
  const imports = Object.entries(entries).map(async ([name, source]) => measure(name, await bundle(source)));
  const init = await imports[0];
  const alone = captures.map(async (name) => {
    const { minified, gzip, brotli } = measure(name, await bundle(withCaptures([name])));
    return {
      name: `+ ${name}`,
      minified: minified - init.minified,
      gzip: gzip - init.gzip,
      brotli: brotli - init.brotli,
    };
  });
  return Promise.all([...files, ...imports, ...alone]);
}

function tableOf(sizes) {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const rows = sizes.map(({ name, minified, gzip, brotli }) =>
    ['', name, kilobytes(minified), kilobytes(gzip), kilobytes(brotli), ''].join(' | ').trim(),
  );
  return ['| bundle | minified | gzip | brotli |', '|---|---|---|---|', ...rows].join('\n');
}

function overBudget(sizes) {
  return sizes
    .filter(({ name, brotli }) => brotli > (budgets[name]?.budget ?? Number.POSITIVE_INFINITY))
    .map(({ name, brotli }) => `${name}: ${brotli} bytes after brotli, budget ${budgets[name].budget}`);
}

/** The size of the script in one phrase, for the first lines of a file. */
function phraseOf([script]) {
  return `${(script.brotli / 1000).toFixed(1)} KB`;
}

/** What a file states between two markers, by the name of the markers. */
function statementsOf(sizes) {
  return { size: `\n${tableOf(sizes)}\n`, 'script-size': phraseOf(sizes) };
}

async function inFile(mode, file, statements) {
  let text = await readFile(file, 'utf8');
  const problems = [];
  for (const [name, statement] of Object.entries(statements)) {
    const between = new RegExp(`(<!-- ${name}:start -->)[^]*?(<!-- ${name}:end -->)`);
    const stated = between.exec(text);
    if (!stated) problems.push(`${file}: expected <!-- ${name}:start --> and <!-- ${name}:end -->`);
    else if (stated[0] !== stated[1] + statement + stated[2] && mode !== '--write') {
      problems.push(
        `${file}: the ${name} stated is not the one measured; run node sdk/size.js --write ${file}`,
      );
    }
    text = text.replace(between, `$1${statement}$2`);
  }
  if (mode === '--write') await writeFile(file, text);
  return problems;
}

const [mode, file] = process.argv.slice(2);
const sizes = await measureAll();
console.log(tableOf(sizes));
const problems = [...overBudget(sizes), ...(file ? await inFile(mode, file, statementsOf(sizes)) : [])];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
