import { readFileSync } from 'node:fs';

export function fixturePath(name: string): string {
  return new URL(`../../fixtures/${name}`, import.meta.url).pathname;
}

export function readFixture<Row>(name: string): Row[] {
  const lines = readFileSync(fixturePath(name), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}
