import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores, and each file brings servers, sandboxes and browsers of its own.
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/rehearsal/seed/**', 'src/rehearsal/story/**'], reporter: ['text-summary'] },
  },
})
