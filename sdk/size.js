import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

/** Prints the size of what a page loads. `--check FILE` compares the table in a file, `--write FILE` updates it. */

const dist = new URL('./dist/', import.meta.url);
const start = '<!-- size:start -->';
const end = '<!-- size:end -->';

/** Bytes after brotli. The aim is 3600 for the core and 7000 for everything. */
const budgets = { core: 6900, 'all captures': 9000, 'footfall.min.js': 9100 };

const entries = {
  core: "export { init } from 'sdk';",
  'core + pageview': "export { init, pageview } from 'sdk';",
  'all captures': "export * from 'sdk';",
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

async function measureAll() {
  const script = await readFile(new URL('footfall.min.js', dist), 'utf8');
  const imports = Object.entries(entries).map(async ([name, source]) => measure(name, await bundle(source)));
  return [measure('footfall.min.js', script), ...(await Promise.all(imports))];
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
    .filter(({ name, brotli }) => brotli > (budgets[name] ?? Number.POSITIVE_INFINITY))
    .map(({ name, brotli }) => `${name}: ${brotli} bytes after brotli, budget ${budgets[name]}`);
}

async function inFile(mode, file, table) {
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) return [`${file}: expected a table between ${start} and ${end}`];
  const stated = text.slice(from + start.length, to).trim();
  if (stated === table) return [];
  if (mode !== '--write')
    return [`${file}: the sizes stated are not those measured; run node sdk/size.js --write ${file}`];
  await writeFile(file, `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`);
  return [];
}

const [mode, file] = process.argv.slice(2);
const sizes = await measureAll();
const table = tableOf(sizes);
console.log(table);
const problems = [...overBudget(sizes), ...(file ? await inFile(mode, file, table) : [])];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
