/**
 * Prints what the first screen of the dashboard weighs: the page and the files that it names, which are all that are fetched
 * before it is drawn. `--check` fails where they are over the budget.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { output } from './rollup.js';

/** Bytes after gzip of the first screen in all. */
const budget = 60_000;

const page = readFileSync(`${output}index.html`, 'utf8');
const named = [...page.matchAll(/(?:src|href)="\/dashboard\/([^"]+)"/g)].map(([, name]) => name);
const first = ['index.html', ...named];
const later = readdirSync(output).filter((name) => !first.includes(name));

function measure(name) {
  const bytes = readFileSync(output + name);
  return { name, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
const rowOf = ({ name, bytes, gzip }) => `| ${name} | ${kilobytes(bytes)} | ${kilobytes(gzip)} |`;

function sum(sizes, name) {
  const add = (key) => sizes.reduce((total, size) => total + size[key], 0);
  return { name, bytes: add('bytes'), gzip: add('gzip') };
}

const sizes = first.map(measure);
const total = sum(sizes, '**first screen**');
console.log(['| file | bytes | gzip |', '|---|---|---|', ...[...sizes, total].map(rowOf)].join('\n'));
console.log(later.map(measure).map(rowOf).join('\n'));

if (process.argv.includes('--check') && total.gzip > budget) {
  console.error(`dashboard: the first screen has ${total.gzip} bytes after gzip, budget ${budget}`);
  process.exitCode = 1;
}
