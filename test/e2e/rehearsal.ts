import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageRoot } from '../../src/paths.ts'

/** The command a person runs: labelled issue → merged pull request over real HTTP, git, Redis, sandboxes and browser. */
export async function rehearsed(defect: string, tells: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/cli.js'), 'rehearse', '--defect', defect], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = await once(child, 'close')
  for (const line of [...tells, 'All as the story promised.']) expect(said).toContain(line)
  expect(code).toBe(0)
}
