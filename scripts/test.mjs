// `npm test`: everything, on a fresh machine. Installs what is missing as root on Debian, builds, tests, and ends with the line
// `N passed, N failed`, in which a file that fails to load and an error nobody caught count as failed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, step } from './steps.mjs'

const crash = process.argv.includes('--crash')
const only = process.argv.slice(2).filter((a) => a !== '--crash')
const built = await step('build', 'node', ['scripts/build.mjs'])
if (built.code !== 0) finish(0, 1)

const { ensureSystemPackages, systemPackages, MissingPackages } = await import('../dist/system-packages.js')
try {
  const { git, redis, bubblewrap, chromium, python, pytest, go, compiler, make, curl } = systemPackages
  ensureSystemPackages([git, redis, bubblewrap, { ...chromium, override: process.env.CHROME_PATH }, python, pytest, go, compiler, make, curl], (line) => console.log(line))
} catch (error) {
  if (!(error instanceof MissingPackages)) throw error
  console.error(error.message)
  finish(0, 1)
}

const dir = mkdtempSync(join(tmpdir(), 'missions-test-'))
const report = join(dir, 'report.json')
const files = crash ? ['test/e2e/crash.test.ts'] : only
const coverage = crash || only.length > 0 ? [] : ['--coverage']
const ran = await step('tests', bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...coverage, ...files], {
  MISSIONS_BUILT: '1',
  MISSIONS_RANDOM: '1000',
  ...(crash ? { MISSIONS_CRASH: 'all' } : {}),
})
let counted = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] }
try {
  counted = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('the tests left no report')
}
rmSync(dir, { recursive: true, force: true })
const unloaded = counted.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length
const failed = counted.numFailedTests + unloaded
// An error outside every test fails the run without failing a test.
finish(counted.numPassedTests, failed === 0 && ran.code !== 0 ? 1 : failed, counted.numPendingTests)

function finish(passed, failed, skipped = 0) {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}
