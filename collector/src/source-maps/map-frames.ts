import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';
import { isReadable } from '../errors/describe-error.js';
import type { Frame } from '../errors/parse-stack.js';

/** A call in the code as it was written. `text` is its line, where the map holds the source. */
export type OriginalFrame = Frame & { source: string | null; text: string | null };

const maxTextChars = 200;

/**
 * The frames with their place in the original sources; a frame without a map stays as it is, with a null source. Lines
 * and columns count from 1.
 */
export function mapFrames(frames: readonly Frame[], maps: ReadonlyMap<string, string>): OriginalFrame[] {
  const tracers = new Map(
    [...maps].flatMap(([file, map]) => openMap(map).map((open) => [file, open] as const)),
  );
  const places = frames.map((frame) => findPlace(frame, tracers));
  return frames.map((frame, index) => {
    const place = places[index];
    if (!place) return { ...frame, source: null, text: null };
    const { source, line, column, text } = place;
    return { func: nameOf(frame, places[index + 1]), file: frame.file, source, line, column, text };
  });
}

// What a build tool wrote may be broken: the stack is shown as it came then.
function openMap(map: string): TraceMap[] {
  try {
    return [new TraceMap(map)];
  } catch {
    return [];
  }
}

type Place = { source: string; line: number; column: number; name: string | null; text: string | null };

function findPlace({ file, line, column }: Frame, tracers: ReadonlyMap<string, TraceMap>): Place | undefined {
  const tracer = tracers.get(file ?? '');
  if (!tracer || line === null) return undefined;
  const found = originalPositionFor(tracer, { line, column: Math.max(0, (column ?? 1) - 1) });
  if (found.source === null) return undefined;
  const text = sourceContentFor(tracer, found.source)?.split('\n')[found.line - 1] ?? null;
  return {
    source: found.source,
    line: found.line,
    column: found.column + 1,
    name: found.name,
    text: text?.trim().slice(0, maxTextChars) ?? null,
  };
}

// A map names what is called at a place: the name of a function is what its caller called.
function nameOf({ func }: Frame, caller: Place | undefined): string | null {
  const last = func?.replace(/^.*[.* ]/, '') ?? '';
  return func !== null && isReadable(last) ? func : (caller?.name ?? func);
}
