import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { SandboxLost, SandboxRefused, type Sandbox, type SandboxSpec } from '../../ports/sandbox.ts'
import type { Installed } from './installed.ts'

export type Probed = { ok: true } | { ok: false; remedy: string }

type Open = (spec: SandboxSpec) => Promise<Sandbox>

const BROWSER_REMEDY = 'Chromium does not start in the sandbox: apt-get install chromium (on Ubuntu the package is a snap stub: install Google Chrome), or point CHROME_PATH at one'

/** Opens the very sandbox that runs use, runs a program in it and speaks to itself over loopback. */
export async function probe(open: Open): Promise<Probed> {
  return inThrowaway(open, async (sandbox) => {
    const limits = { timeout_ms: 10_000, output_limit_bytes: 4_096 }
    const ran = await sandbox.exec({ argv: ['true'], ...limits })
    if (ran.exit !== 0) return { ok: false, remedy: `A command in the sandbox failed: ${ran.stderr.trim()}` }
    const loop = await sandbox.exec({ argv: ['node', '-e', LOOPBACK], ...limits })
    if (loop.exit !== 0) return { ok: false, remedy: `Loopback in the sandbox does not work: ${loop.stderr.trim().slice(0, 300)}` }
    return { ok: true }
  })
}

/** Opens a page in the sandbox's browser; once a boot, where `tried` remembers it. */
export async function probeBrowser(open: Open, { chromium }: Installed, tried?: string): Promise<Probed> {
  if (chromium === undefined) return { ok: false, remedy: 'No browser: apt-get install chromium, or point CHROME_PATH at one' }
  const now = await sinceBoot(chromium)
  const before = tried === undefined ? null : await readFile(tried, 'utf8').catch(() => null)
  if (now !== null && before === now) return { ok: true }
  const probed = await openPage(open)
  if (probed.ok && now !== null && tried !== undefined) await writeFile(tried, now)
  return probed
}

/** Which browser it is, and which boot of the machine; null where either cannot be told. */
async function sinceBoot(chromium: string): Promise<string | null> {
  try {
    const { mtimeMs, size } = await stat(chromium)
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()} ${chromium} ${size} ${mtimeMs}\n`
  } catch {
    return null
  }
}

function openPage(open: Open): Promise<Probed> {
  return inThrowaway(open, async (sandbox) => {
    try {
      await sandbox.browse({ act: 'snapshot' })
      return { ok: true }
    } catch (error) {
      if (!(error instanceof SandboxRefused)) throw error
      return { ok: false, remedy: `${BROWSER_REMEDY} (${error.message.split('\n')[0]})` }
    }
  })
}

const LOOPBACK = `const net = require('node:net')
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', () =>
  net.connect(server.address().port, '127.0.0.1').on('close', () => process.exit(0)).resume())`

async function inThrowaway(open: Open, look: (sandbox: Sandbox) => Promise<Probed>): Promise<Probed> {
  const workdir = await mkdtemp(join(tmpdir(), 'missions-probe-'))
  try {
    await using sandbox = await open({ run: 'probe', workdir, writable: true })
    return await look(sandbox)
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error
    return { ok: false, remedy: remedy(error.message, await host()) }
  } finally {
    await rm(workdir, { recursive: true, force: true })
  }
}

export interface Host {
  docker: boolean
  platform: string
  apparmor: boolean
  userns_off: boolean
}

/** One line that tells a person what to do about bubblewrap's complaint. */
export function remedy(complaint: string, host: Host): string {
  const said = `(it said: ${complaint.split('\n')[0]?.slice(0, 200) ?? ''})`
  if (host.platform !== 'linux') return 'bubblewrap needs Linux: run Missions in a Linux virtual machine or container'
  if (/bwrap: (command )?not found|exec: bwrap|ENOENT/.test(complaint)) return 'bubblewrap is not installed: apt-get install bubblewrap'
  if (/supervisor\.js/.test(complaint)) return `The package is not built: npm run build ${said}`
  if (/mount proc/.test(complaint)) return `The container masks /proc: start it with --security-opt systempaths=unconfined ${said}`
  if (/namespace|uid map|user\.max|Operation not permitted|Permission denied/i.test(complaint)) {
    if (host.docker) return `The container refuses user namespaces: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined ${said}`
    if (host.apparmor) return `AppArmor refuses user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or add an AppArmor profile for bwrap ${said}`
    if (host.userns_off) return `The kernel refuses user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 ${said}`
    return `The system refuses user namespaces ${said}`
  }
  return `The sandbox does not start ${said}`
}

async function host(): Promise<Host> {
  const value = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim()
  const [docker, podman, apparmor, clone, most] = await Promise.all([
    readFile('/.dockerenv').then(
      () => true,
      () => false,
    ),
    readFile('/run/.containerenv').then(
      () => true,
      () => false,
    ),
    value('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    value('/proc/sys/kernel/unprivileged_userns_clone'),
    value('/proc/sys/user/max_user_namespaces'),
  ])
  return { docker: docker || podman, platform: process.platform, apparmor: apparmor === '1', userns_off: clone === '0' || most === '0' }
}
