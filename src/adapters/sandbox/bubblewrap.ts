import type { PairSpec, Sandbox, SandboxPair, SandboxSpec, Sandboxes } from '../../ports/sandbox.ts'
import { confine, type Confinement } from './confine.ts'
import { hold, type Held } from './held.ts'
import { installed } from './installed.ts'
import type { SandboxOptions } from './options.ts'
import { probe, probeBrowser, type Probed } from './probe.ts'
import { Room } from './room.ts'
import { quoted } from './inside/shell.ts'

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

  /**
   * The outer bubblewrap owns the network and runs nothing but this script; its root is the host's only so that the two
   * inner ones can be built from it. They share the network and nothing else. It has no PID namespace: bubblewrap looks
   * its own child up in /proc, and the host's /proc is the only one from which the inner ones can mount theirs.
   * Each link dies with the one before; where an inner one fails, the group goes, with what it left half made.
   */
  async function openPair(spec: PairSpec): Promise<SandboxPair> {
    const half = (name: string, workdir: string) => script({ run: `${spec.run}:${name}`, workdir, writable: true, env: spec.env ?? {}, network: 'shared' })
    const inner = `(${half('product', spec.product_dir)}\n) <&3 >&3 3>&- 4>&- &
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

  return { open, openPair, probe: () => probe(open), browserProbe: () => probeBrowser(open, here) }
}

function rooms(held: Held): [Room, Room] {
  const [first, second] = held.channels
  if (first === undefined) throw new Error('a held script has at least one channel')
  return [new Room(first, held.end), new Room(second ?? first, held.end)]
}
