import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the page, as it is and compressed. */
export type PageFile = {
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
  gzipped: Uint8Array<ArrayBuffer>;
};

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Reads what the build made of the dashboard. All of it is some hundred kilobytes and stays in memory. */
export function readPageFiles(): PageFile[] {
  const folder = new URL('../../dist/assets/dashboard/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => extname(name) in types)
    .map((name) => {
      const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
      const gzipped = new Uint8Array(gzipSync(bytes, { level: 9 }));
      return { name, type: types[extname(name)] ?? '', bytes, gzipped };
    });
}
