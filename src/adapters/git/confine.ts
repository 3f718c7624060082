import { execFile } from 'node:child_process'
import type { GitCall } from './command.ts'

/**
 * Prefix for the commands that read a working directory while its agent may still be writing there. An agent that swaps a folder
 * for a link in the very moment of reading would else have a file of the host committed. Without a working bubblewrap nothing is
 * prefixed; the app refuses to run agents then, unless its operator said otherwise.
 */
export function confinement(): (call: GitCall) => Promise<readonly string[]> {
  let works: Promise<boolean> | undefined
  return async function confine(call) {
    works ??= tried()
    if (call.confined_to === undefined || !(await works)) return []
    return [...walls, '--bind', call.git_dir, call.git_dir, '--bind', call.confined_to, call.confined_to, '--']
  }
}

const system = ['/bin', '/sbin', '/lib', '/lib64'].flatMap((dir) => ['--ro-bind-try', dir, dir])
const walls: readonly string[] = 'bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --dev /dev --tmpfs /tmp --chdir /'.split(' ').concat(system)

function tried(): Promise<boolean> {
  const [program = '', ...args] = walls
  return new Promise((resolve) => {
    execFile(program, [...args, '--', 'git', '--version'], { env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, timeout: 10_000 }, (error) => resolve(error === null))
  })
}
