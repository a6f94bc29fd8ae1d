import { appendFileSync } from 'node:fs';

declare const __vitest_worker__: { filepath?: string } | undefined;

/**
 * Keeps what a collector has written, for the search for secrets at the end of the run: .ci/output-reporter.js. Whatever
 * starts a collector calls it, also where nothing was written.
 */
export function keepOutput(text: string): void {
  const file = process.env.FOOTFALL_TEST_OUTPUT;
  if (file === undefined) return;
  const test = typeof __vitest_worker__ === 'undefined' ? undefined : __vitest_worker__?.filepath;
  appendFileSync(file, `${JSON.stringify({ file: test ?? '', text })}\n`);
}
