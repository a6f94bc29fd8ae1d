import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { syncDirectory } from '../spool/sync-directory.js';

/** A tar file, compressed with gzip: https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export type ArchiveWriter = {
  /** Adds a file. Its size comes before its content, so that it has to be whole in memory. */
  add(name: string, content: Buffer): Promise<void>;
  /** Durable under its name when it resolves. */
  close(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
};

export type ArchiveEntry = { name: string; content: Buffer };

const blockBytes = 512;
const nameBytes = 100;
const gzipLevel = 4;

/** Writes beside the file and renames at the end: a file that is there is whole. */
export function createArchive(path: string, now: number): ArchiveWriter {
  const partial = `${path}.part`;
  const gzip = createGzip({ level: gzipLevel });
  const file = createWriteStream(partial, { mode: 0o600 });
  gzip.pipe(file);
  const written = Promise.all([finished(gzip), finished(file)]);
  written.catch(() => {}); // add() and close() report it

  async function write(bytes: Buffer): Promise<void> {
    if (gzip.write(bytes)) return;
    await Promise.race([once(gzip, 'drain'), written]);
  }

  return {
    async add(name, content) {
      await write(headerOf(name, content.byteLength, now));
      await write(content);
      await write(Buffer.alloc(padding(content.byteLength)));
    },
    async close() {
      gzip.end(Buffer.alloc(2 * blockBytes));
      await written;
      await sync(partial);
      await rename(partial, path);
      await syncDirectory(path);
    },
    async discard() {
      gzip.destroy();
      file.destroy();
      await written.catch(() => {});
      await rm(partial, { force: true });
    },
  };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function padding(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

function headerOf(name: string, size: number, now: number): Buffer {
  if (Buffer.byteLength(name) > nameBytes) throw new Error(`archive: ${name} is too long for tar`);
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(Math.floor(now / 1000), 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(checksumOf(header), 6)} `, 148);
  return header;
}

function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

/**
 * The files of an archive, in their order.
 *
 * @throws Error when the file is no such archive, damaged or cut off
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  const take = createTaker(file.pipe(gunzip));
  for (;;) {
    const header = await take(blockBytes);
    if (header.every((byte) => byte === 0)) return take.rest();
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
    if (Number.parseInt(header.toString('latin1', 148, 154), 8) !== checksumOf(header) || Number.isNaN(size))
      throw new Error('expected the header of a tar file');
    const name = header.toString('utf8', 0, nameBytes).replace(/\0.*$/s, '');
    const content = await take(size);
    await take(padding(size));
    yield { name, content };
  }
}

type Taker = { (bytes: number): Promise<Buffer>; rest(): Promise<void> };

function createTaker(stream: Readable): Taker {
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let buffered: Buffer[] = [];
  let bufferedBytes = 0;

  async function take(bytes: number): Promise<Buffer> {
    while (bufferedBytes < bytes) {
      const { value, done } = await source.next();
      if (done) throw new Error('expected more: the file is cut off');
      buffered.push(value);
      bufferedBytes += value.byteLength;
    }
    const all = buffered.length === 1 ? buffered[0] : Buffer.concat(buffered);
    const whole = all ?? Buffer.alloc(0);
    buffered = [whole.subarray(bytes)];
    bufferedBytes -= bytes;
    return whole.subarray(0, bytes);
  }

  // The checksum of gzip is known at its end.
  async function rest(): Promise<void> {
    while (!(await source.next()).done);
  }

  return Object.assign(take, { rest });
}
