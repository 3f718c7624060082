import { randomUUID } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

import type { PairSpec, Sandbox, SandboxPair, SandboxSpec } from '../../ports/sandbox.ts'
import type { SandboxesWithBrowser } from './bubblewrap.ts'
import { ulimits } from './confine.ts'
import { hold } from './held.ts'
import type { Situation } from './inside/protocol.ts'
import { killMarked } from './inside/tree.ts'
import { installed } from './installed.ts'
import type { SandboxOptions } from './options.ts'
import { probe, probeBrowser } from './probe.ts'
import { Room } from './room.ts'
import { quoted } from './inside/shell.ts'

/**
 * No isolation at all: commands run on this host as this user. For containers that isolate themselves, and only where
 * the operator asked for it by name. The host's environment still stays outside.
 */
export function noSandbox(options: SandboxOptions): SandboxesWithBrowser {
  const here = installed(options)

  async function open(spec: SandboxSpec): Promise<Sandbox> {
    const home = await mkdtemp(join(tmpdir(), 'missions-home-'))
    const mark = `${spec.run}-${randomUUID()}`
    const situation: Situation = {
      work: await realpath(spec.workdir),
      contained: false,
      mark,
      limits: { memory_bytes: options.limits.memory_bytes, processes: options.limits.processes },
      ...(here.chromium === undefined ? {} : { chromium: here.chromium }),
    }
    const argv = [here.node.host, here.supervisor.host, JSON.stringify(situation), '1']
    const env = {
      PATH: [dirname(here.node.host), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      LANG: 'C.UTF-8',
      ...spec.env,
      MISSIONS_SANDBOX: mark,
    }
    const swept = async () => {
      killMarked(`MISSIONS_SANDBOX=${mark}`)
      await rm(home, { recursive: true, force: true })
    }
    const held = await hold(`${ulimits(options.limits, 'host')}; exec ${quoted(argv)}`, 'stdio', env).catch(async (error: unknown) => {
      await swept()
      throw error
    })
    const [channel] = held.channels
    if (channel === undefined) throw new Error('a held script has at least one channel')
    return new Room(channel, async () => {
      await held.end()
      await swept()
    })
  }

  async function openPair(spec: PairSpec): Promise<SandboxPair> {
    const shared = { writable: true, ...(spec.env === undefined ? {} : { env: spec.env }) }
    const product = await open({ run: `${spec.run}:product`, workdir: spec.product_dir, ...shared })
    try {
      const tester = await open({ run: `${spec.run}:tester`, workdir: spec.tester_dir, ...shared })
      const end = async () => {
        await Promise.all([product[Symbol.asyncDispose](), tester[Symbol.asyncDispose]()])
      }
      return { product, tester, [Symbol.asyncDispose]: end }
    } catch (error) {
      await product[Symbol.asyncDispose]()
      throw error
    }
  }

  return { open, openPair, probe: () => probe(open), browserProbe: () => probeBrowser(open, here) }
}
