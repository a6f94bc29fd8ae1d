import { defineConfig } from 'vitest/config';

/** The long form of the fault tests; the short one is part of the database project of vitest.config.ts. */
export default defineConfig({
  test: {
    name: 'faults',
    include: ['collector/test/faults/long.run.ts'],
    testTimeout: 3_600_000,
    disableConsoleIntercept: true,
  },
});
