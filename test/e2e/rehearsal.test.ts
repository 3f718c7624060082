import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/paths.ts'

/** The command a person runs: labelled issue → merged pull request over real HTTP, git, Redis, sandboxes and browser. */
async function rehearsal(defect: string): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/cli.js'), 'rehearse', '--defect', defect], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = await once(child, 'close')
  return { code, said }
}

// 1: only the running product shows it. 7: only a reviewer sees it. 5: two surfaces that do not agree. No other finding may come up.
test.each([
  { defect: 'none', tells: ['Proved by running without the feature (red) and with it (green)', 'Findings      none', '12 of 12 proved', 'All as the story promised.'] },
  { defect: '1,5,7', tells: ['user-testing VAL-API-002', 'user-testing VAL-CROSS-001', 'scrutiny src/pages/list.js:', 'fixed in f8', 'All as the story promised.'] },
])('a rehearsal with defect $defect ends as its story promises', { timeout: 900_000 }, async ({ defect, tells }) => {
  const { code, said } = await rehearsal(defect)
  for (const line of tells) expect(said).toContain(line)
  expect(code).toBe(0)
})
