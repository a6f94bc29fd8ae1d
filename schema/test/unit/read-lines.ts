import { readFileSync } from 'node:fs';

/** The rows of a fixture with one JSON array a line. */
export function readLines(name: string): unknown[][] {
  const text = readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
