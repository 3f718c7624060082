import type { PairSpec, Sandbox, SandboxPair, SandboxSpec, Sandboxes, SetUpSandbox, SetUpSpec } from '../../ports/sandbox.ts'
import { confine, type Confinement } from './confine.ts'
import { clientFiles, clientSettings, unmounted } from './egress/clients.ts'
import { openEgress } from './egress/proxy.ts'
import { publicOnly } from './egress/registries.ts'
import { hold, type Held } from './held.ts'
import { installed } from './installed.ts'
import type { SandboxOptions } from './options.ts'
import { probe, probeBrowser, type Probed } from './probe.ts'
import { Room } from './room.ts'
import { toolchain } from './toolchain.ts'
import { quoted } from './inside/shell.ts'

/** Of the bridge to the proxy, on the loopback inside. */
const PROXY_PORT = 3128

/** What every implementation adds to the port: the browser is optional to start with, and has its own remedy. */
export interface SandboxesWithBrowser extends Sandboxes {
  browserProbe(): Promise<Probed>
}

export function bubblewrapSandboxes(options: SandboxOptions): SandboxesWithBrowser {
  const here = installed(options)
  const script = (confinement: Confinement) => confine(options, here, confinement)

  async function open(spec: SandboxSpec): Promise<Sandbox> {
    const held = await hold(script({ ...spec, env: spec.env ?? {}, network: 'own' }), 'stdio', {})
    return rooms(held)[0]
  }

  /** The network is its own, as everywhere; the proxy is reached through a file, and the bridge to it ends with the sandbox. */
  async function openSetUp({ run, workdir, home, env }: SetUpSpec): Promise<SetUpSandbox> {
    const registries = options.registries ?? publicOnly
    const files = await clientFiles(registries)
    const egress = await openEgress(registries)
    const confinement: Confinement = {
      run,
      workdir,
      home,
      writable: true,
      env: { ...clientSettings(registries, PROXY_PORT), ...env },
      network: 'own',
      egress: { socket: egress.socket, port: PROXY_PORT, files: files.map(({ host, path }) => [host, `/tmp/home/${path}`]) },
    }
    try {
      const held = await hold(script(confinement), 'stdio', {})
      const end = async () => {
        await held.end()
        await egress.close()
        await unmounted(home, files)
        options.passed?.(run, egress.passages())
      }
      return { sandbox: rooms(held)[0], passages: () => egress.passages(), [Symbol.asyncDispose]: end }
    } catch (error) {
      await egress.close()
      throw error
    }
  }

  /**
   * The outer bubblewrap owns the network and runs nothing but this script; its root is the host's only so that the two
   * inner ones can be built from it. They share the network and nothing else. It has no PID namespace: bubblewrap looks
   * its own child up in /proc, and the host's /proc is the only one from which the inner ones can mount theirs.
   * Each link dies with the one before; where an inner one fails, the group goes, with what it left half made.
   */
  async function openPair(spec: PairSpec): Promise<SandboxPair> {
    const shared = { writable: true, env: spec.env ?? {}, network: 'shared' } as const
    const half = (name: string, workdir: string, home: { home?: string } = {}) => script({ run: `${spec.run}:${name}`, workdir, ...shared, ...home })
    const inner = `(${half('product', spec.product_dir, spec.product_home === undefined ? {} : { home: spec.product_home })}\n) <&3 >&3 3>&- 4>&- &
(${half('tester', spec.tester_dir)}\n) <&4 >&4 3>&- 4>&- &
exec 3>&- 4>&-
wait -n || kill -9 0
wait`
    const outer = ['bwrap', '--unshare-user', '--unshare-net', '--unshare-ipc', '--die-with-parent', '--new-session']
    const words = [...outer, '--dev-bind', '/', '/', '--', 'bash', '--norc', '-c', inner]
    const held = await hold(`exec ${quoted(words)}`, 'pair', {})
    const [product, tester] = rooms(held)
    return { product, tester, [Symbol.asyncDispose]: held.end }
  }

  return { open, openPair, openSetUp, toolchain: () => toolchain(options), same_paths: true, probe: () => probe(open), browserProbe: () => probeBrowser(open, here, options.tried) }
}

function rooms(held: Held): [Room, Room] {
  const [first, second] = held.channels
  if (first === undefined) throw new Error('a held script has at least one channel')
  return [new Room(first, held.end), new Room(second ?? first, held.end)]
}
