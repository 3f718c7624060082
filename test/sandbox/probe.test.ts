import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { remedy, type Host } from '../../src/adapters/sandbox/probe.ts'
import { packageRoot } from '../../src/paths.ts'
import { opened, options, temporary } from './made.ts'

const debian: Host = { docker: false, platform: 'linux', apparmor: false, userns_off: false }

test('each way of not starting has a line that says what to do', () => {
  const refused = 'bwrap: Creating new namespace failed: Operation not permitted'
  expect(remedy('bash: line 1: exec: bwrap: not found', debian)).toBe('bubblewrap is not installed: apt-get install bubblewrap')
  expect(remedy(refused, { ...debian, docker: true })).toContain('--security-opt seccomp=unconfined')
  expect(remedy("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", { ...debian, docker: true })).toContain('systempaths=unconfined')
  expect(remedy('bwrap: setting up uid map: Permission denied', { ...debian, apparmor: true })).toContain('sysctl -w kernel.apparmor_restrict_unprivileged_userns=0')
  expect(remedy('bwrap: No permissions to create a new namespace', { ...debian, userns_off: true })).toContain('sysctl -w kernel.unprivileged_userns_clone=1')
  expect(remedy("Error: Cannot find module '/opt/missions/inside/supervisor.js'", debian)).toContain('npm run build')
  expect(remedy(refused, { ...debian, platform: 'darwin' })).toContain('Linux')
  for (const complaint of [refused, 'no answer within 15000 ms', '']) expect(remedy(complaint, debian)).not.toContain('\n')
})

test('where user namespaces are really refused, the probe says so in one line', async () => {
  // Our own sandbox refuses them: the app in it is an app on such a machine.
  const extra_readonly = [packageRoot, realpathSync(join(packageRoot, 'node_modules'))]
  await using box = await opened(bubblewrapSandboxes({ ...options, extra_readonly }))
  const script = `
    const { bubblewrapSandboxes } = await import(${JSON.stringify(`${packageRoot}dist/adapters/sandbox/bubblewrap.js`)})
    console.log(JSON.stringify(await bubblewrapSandboxes(${JSON.stringify(options)}).probe()))`
  const { stdout, stderr } = await box.sandbox.exec({ argv: ['node', '--input-type=module', '-e', script], timeout_ms: 30_000, output_limit_bytes: 4_000 })
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^\{"ok":false,"remedy":"[^"\n]*namespace[^\n]*"\}\n$/), stderr: '' })
})

test('a browser that opened a page is not tried again before the next boot, another one is', async () => {
  const dir = await temporary()
  const tried = join(dir, 'tried')
  const chromium = join(dir, 'chromium')
  const browser = (script: string) => writeFileSync(chromium, `#!/bin/bash\n${script}\n`, { mode: 0o755 })
  const probe = () => bubblewrapSandboxes({ ...options, chromium, tried }).browserProbe()
  browser('exit 1')
  expect(await probe()).toMatchObject({ ok: false })
  browser('exec /usr/lib/chromium/chromium "$@"')
  expect(await probe()).toEqual({ ok: true })
  const note = readFileSync(tried, 'utf8')
  expect(note).toContain(chromium)
  writeFileSync(tried, note.replace(/^\S+/, 'another-boot'))
  expect(await probe()).toEqual({ ok: true })
  expect(readFileSync(tried, 'utf8')).toBe(note)
  browser('exit 1 # another one')
  expect(await probe()).toMatchObject({ ok: false })
})
