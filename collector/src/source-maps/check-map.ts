/** Of a map, inflated: those of the largest applications are a third of it. */
export const maxMapBytes = 64 * 1024 * 1024;

/** What keeps a text from being a source map that can be stored; undefined where nothing does. */
export function findProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxMapBytes) return `expected at most ${maxMapBytes} bytes, got ${bytes}`;
  if (text.includes('\0')) return 'expected text without a NUL character';
  const version = versionOf(text);
  if (version === undefined) return 'expected a source map as JSON';
  return version === 3 ? undefined : `expected a source map of version 3, got ${String(version)}`;
}

// The version of JSON that has none is null.
function versionOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'version' in value ? value.version : null;
  } catch {
    return undefined;
  }
}
