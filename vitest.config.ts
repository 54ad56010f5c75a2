import { defineConfig } from 'vitest/config';

/** One project per folder of tests/; `npm test` runs them one after the other (tests/browser belongs to Playwright). */
const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], environment: 'node', ...more },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 10_000 }),
      project('content', { testTimeout: 20_000 }),
      // Real programs, limits and clocks: side by side they would measure each other. What passes only at a second try is named (tools/test.mjs).
      project('runnable', {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        fileParallelism: false,
        retry: process.env['CI'] ? 1 : 0,
      }),
      // A machine of its own for each test, one at a time: each is an emulator that takes a whole processor.
      project('vm', {
        testTimeout: 300_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        retry: process.env['CI'] ? 1 : 0,
      }),
      project('site', { testTimeout: 30_000 }),
    ],
  },
});
