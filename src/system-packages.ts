import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface SystemPackage {
  command: string
  debian: string[]
  /** Set: the program is found by this path instead. */
  override?: string | undefined
  /** A command that succeeds where the package is whole: a program alone may be half of it. */
  works?: readonly [string, ...string[]]
}

export const systemPackages = {
  git: { command: 'git', debian: ['git'] },
  redis: { command: 'redis-server', debian: ['redis-server'] },
  bubblewrap: { command: 'bwrap', debian: ['bubblewrap'] },
  // Of the tests only: what a repository of its kind needs is in /usr, or in a folder that is named.
  python: { command: 'python3', debian: ['python3', 'python3-venv'], works: ['/usr/bin/python3', '-c', 'import ensurepip, venv'] },
  pytest: { command: 'python3', debian: ['python3-pytest'], works: ['/usr/bin/python3', '-c', 'import pytest'] },
  go: { command: 'go', debian: ['golang-go'], works: ['/usr/bin/go', 'version'] },
  compiler: { command: 'gcc', debian: ['gcc', 'libc6-dev'] },
  make: { command: 'make', debian: ['make'] },
  curl: { command: 'curl', debian: ['curl'] },
  chromium: { command: 'chromium', debian: ['chromium', 'fonts-liberation'] },
} as const satisfies Record<string, SystemPackage>

/** Something is missing that a person must install; the message is the line to run. */
export class MissingPackages extends Error {}

/** Installs what is missing when it may (root on Debian); anywhere else it throws with the exact line. */
export function ensureSystemPackages(wanted: SystemPackage[], say: (line: string) => void): void {
  const missing = wanted.filter((p) => !(p.override && existsSync(p.override)) && !(onPath(p.command) && works(p)))
  if (missing.length === 0) return
  const names = missing.flatMap((p) => p.debian).join(' ')
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get')
  const line = `apt-get update && apt-get install -y --no-install-recommends ${names}`
  if (!mayInstall) throw new MissingPackages(`Missing: ${missing.map((p) => p.command).join(', ')}. Run this, then try again:\n\n  sudo sh -c '${line}'\n`)
  say(`installing ${names}`)
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  if (status !== 0) throw new MissingPackages(`Installing ${names} failed. Run this and see why:\n\n  ${line}\n\n${stderr.trim().split('\n').slice(-5).join('\n')}`)
}

function works({ works }: SystemPackage): boolean {
  if (works === undefined) return true
  const [program, ...args] = works
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
