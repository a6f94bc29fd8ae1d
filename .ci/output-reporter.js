import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findLeaks } from './find-leaks.js';

const startsCollector =
  /\b(startTestCollector|startCollectorPair|startChildCollector|prepareCollector|runFootfall)\(/;

/**
 * Searches what all collectors of a run have written for secrets, and fails the run where there is one. The helpers that
 * start collectors append it to the file that FOOTFALL_TEST_OUTPUT names; a run whose tests start collectors and keep
 * nothing fails too. At the end it prints the plain line that continuous integration reads: `N passed, N failed`.
 */
export default class OutputReporter {
  onInit() {
    this.file = join(mkdtempSync(join(tmpdir(), 'footfall-output-')), 'output.jsonl');
    process.env.FOOTFALL_TEST_OUTPUT = this.file;
  }

  onTestRunEnd(modules, errors) {
    const problems = this.#scan(modules);
    const count = { passed: 0, failed: errors.length + problems.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      if (module.errors().length > 0) count.failed += 1;
    }
    if (problems.length > 0) process.exitCode = 1;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.on('exit', () => {
      for (const problem of problems) console.error(problem);
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
    });
  }

  #scan(modules) {
    const kept = existsSync(this.file) ? readFileSync(this.file, 'utf8').trim().split('\n') : [];
    rmSync(dirname(this.file), { recursive: true, force: true });
    const outputs = kept.map((line) => JSON.parse(line));
    const starting = modules.filter(
      (module) => module.state() === 'passed' && startsCollector.test(readFileSync(module.moduleId, 'utf8')),
    );
    const files = new Set(outputs.map(({ file }) => file));
    const silent = starting.filter(({ moduleId }) => !files.has(moduleId));
    return [
      ...silent.map(({ moduleId }) => `logs: ${moduleId} starts collectors, and nothing of them was kept`),
      ...outputs.flatMap(({ file, text }) =>
        findLeaks(text).map(
          ({ kind, line }) => `logs: ${kind} in the output of a collector of ${file}: ${line}`,
        ),
      ),
    ];
  }
}
