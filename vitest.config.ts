import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const quick = ['test/domain/**/*.test.ts', 'test/runner/**/*.test.ts', 'test/scenarios/**/*.test.ts', 'test/architecture/**/*.test.ts']

/** Whole missions take minutes: what begins last would be waited for alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const long = (file: TestSpecification) => /\/e2e\/(crash|rehearsal|rehearsal-defects|local|faults)\.test\.ts$/.test(file.moduleId)
    return [...sorted.filter(long), ...sorted.filter((file) => !long(file))]
  }
}

export default defineConfig({
  test: {
    // A busy machine makes a test late; only one that hangs should fail for its time.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // Many a file brings servers, sandboxes and browsers of its own, and waits for them.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'quick', include: quick } },
      { extends: true, test: { name: 'full', include: ['test/**/*.test.ts'], exclude: quick, globalSetup: ['test/support/build.ts'] } },
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/rehearsal/seed/**', 'src/rehearsal/story/**'], reporter: ['text-summary', 'text'] },
  },
})
