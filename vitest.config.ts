import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const globalSetup = ['./collector/test/database-server.ts'];

/**
 * unit: pure parts. database: the collector over HTTP, SQL and the command. invariants: what holds under faults and in any
 * order, which takes longer. browser: the built SDK and the dashboard in browsers.
 */
export default defineConfig({
  test: {
    // Collector, PostgreSQL and browser of a file wait for each other: one file at a time leaves half of two cores idle.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    reporters: ['default', './.ci/output-reporter.js'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{schema,sdk,collector}/test/unit/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'database',
          include: ['collector/test/{database,command}/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'invariants',
          include: ['collector/test/{embedded,faults,property}/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['{sdk,collector}/test/browser/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // A browser takes both cores itself, and people's patience is what its tests wait with: one file at a time, at the end.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
