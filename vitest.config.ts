import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: [process.env['CI'] ? 'default' : 'dot', './test/support/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.{ts,tsx}',
            'test/{contract,faults,property}/**/*.test.ts',
            'test/*.test.ts',
          ],
          exclude: ['**/*.e2e.test.ts'],
          // Loading the sources anew for each of a hundred files would take as long as half of the tests.
          isolate: false,
          maxWorkers: availableParallelism(),
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts', 'test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/build.ts', 'test/support/radosgw.ts'],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
