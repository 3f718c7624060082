import { defineConfig } from 'vitest/config'

const quick = ['test/domain/**/*.test.ts', 'test/runner/**/*.test.ts', 'test/scenarios/**/*.test.ts', 'test/architecture/**/*.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many a file brings servers, sandboxes and browsers of its own, and waits for them.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'quick', include: quick } },
      { extends: true, test: { name: 'full', include: ['test/**/*.test.ts'], exclude: quick, globalSetup: ['test/support/build.ts'] } },
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/rehearsal/seed/**', 'src/rehearsal/story/**'], reporter: ['text-summary', 'text'] },
  },
})
