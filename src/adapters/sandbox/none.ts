import { randomUUID } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

import type { PairSpec, Sandbox, SandboxPair, SandboxSpec, SetUpSandbox, SetUpSpec } from '../../ports/sandbox.ts'
import type { SandboxesWithBrowser } from './bubblewrap.ts'
import { ulimits } from './confine.ts'
import { hold } from './held.ts'
import type { Situation } from './inside/protocol.ts'
import { killMarked } from './inside/tree.ts'
import { installed } from './installed.ts'
import type { SandboxOptions } from './options.ts'
import { probe, probeBrowser } from './probe.ts'
import { Room } from './room.ts'
import { toolchain } from './toolchain.ts'
import { quoted } from './inside/shell.ts'

/**
 * No isolation at all: commands run on this host as this user. For containers that isolate themselves, and only where
 * the operator asked for it by name. The host's environment still stays outside.
 */
export function noSandbox(options: SandboxOptions): SandboxesWithBrowser {
  const here = installed(options)

  async function open(spec: SandboxSpec): Promise<Sandbox> {
    const home = spec.home ?? (await mkdtemp(join(tmpdir(), 'missions-home-')))
    const mark = `${spec.run}-${randomUUID()}`
    const situation: Situation = {
      work: await realpath(spec.workdir),
      ...(spec.base === undefined ? {} : { base: await realpath(spec.base) }),
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
      if (spec.home === undefined) await rm(home, { recursive: true, force: true })
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

  /** What has the whole network has the registries. */
  async function openSetUp({ env, ...spec }: SetUpSpec): Promise<SetUpSandbox> {
    const sandbox = await open({ ...spec, writable: true, env: { ...options.registries?.env, ...env } })
    return { sandbox, passages: () => [], [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() }
  }

  async function openPair(spec: PairSpec): Promise<SandboxPair> {
    const shared = { writable: true, ...(spec.env === undefined ? {} : { env: spec.env }) }
    const home = spec.product_home === undefined ? {} : { home: spec.product_home }
    const product = await open({ run: `${spec.run}:product`, workdir: spec.product_dir, ...shared, ...home })
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

  return { open, openPair, openSetUp, toolchain: () => toolchain(options), same_paths: false, probe: () => probe(open), browserProbe: () => probeBrowser(open, here, options.tried) }
}
