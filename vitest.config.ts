import { defineConfig } from 'vitest/config';

const database = './collector/test/database-server.ts';

export default defineConfig({
  test: {
    reporters: ['default', './.ci/count-reporter.js'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'schema/test/**/*.test.ts',
            'collector/test/unit/**/*.test.ts',
            'sdk/test/unit/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'database',
          include: ['collector/test/database/**/*.test.ts'],
          globalSetup: [database],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['sdk/test/browser/**/*.test.ts'],
          globalSetup: [database],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
