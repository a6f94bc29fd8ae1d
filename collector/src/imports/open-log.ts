import { open } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { StartError } from '../start-error.js';

/** The bytes of a log, unpacked. */
export type LogSource = {
  chunks: AsyncIterable<Buffer>;
  /** Why the chunks ended before the log did: what was read until then is good, but its last line is cut. */
  failure(): string | undefined;
};

const gzipMagic = Buffer.from([0x1f, 0x8b]);

/**
 * Opens a log file, or standard input for "-". Gzip is known by its first bytes, not by its name.
 *
 * @param signal ends the chunks, as the end of the file would
 * @throws StartError when there is no such file, it is a directory, or it may not be read
 */
export async function openLog(
  file: string,
  { stdin, signal }: { stdin: Readable; signal: AbortSignal },
): Promise<LogSource> {
  const stream = addAbortSignal(signal, file === '-' ? stdin : await openFile(file));
  let failure: string | undefined;
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* await unpack(stream);
    } catch (error) {
      failure = signal.aborted ? 'stopped' : reasonOf(error);
    }
  }
  return { chunks: chunks(), failure: () => failure };
}

async function openFile(file: string): Promise<Readable> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw new StartError(`${file}: expected an access log, got ${reasonOf(error)}`, { cause: error });
  }
  throw new StartError(`${file}: expected an access log, got a directory`);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'EISDIR') return 'a directory';
  const message = error instanceof Error ? error.message : String(error);
  return code.startsWith('Z_') ? `damaged gzip data (${message})` : message;
}

async function unpack(stream: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const chunks = stream[Symbol.asyncIterator]();
  const head = await readHead(chunks);
  const whole = Readable.from(rejoin(head, chunks));
  if (!head.subarray(0, gzipMagic.length).equals(gzipMagic)) return whole;
  // The error of either stream reaches the reader through the last one.
  return pipeline(whole, createGunzip(), () => {});
}

// A pipe may hand over a single byte.
async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < gzipMagic.length) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rejoin(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}
