import { existsSync, readFileSync, readdirSync } from 'node:fs'

/**
 * Kills a process, its group, its session, its descendants, and every process that carries `mark` in its environment:
 * a child that made itself a daemon has left the first four, but not the last.
 */
export function killTree(root: number, mark: string): void {
  send(-root, 'SIGKILL')
  // A tree that forks while it is being read needs another look; the bound only guards against one that outruns us.
  for (let round = 0; round < 50; round += 1) {
    const members = membersOf(root, mark)
    if (members.length === 0) return
    for (const pid of members) send(pid, 'SIGKILL')
  }
}

export function killMarked(mark: string): void {
  killTree(0x7fffffff, mark)
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or it is not ours: either way there is nothing left to do for it.
  }
}

/** None where there is no /proc: a host that is not Linux is left with process groups. */
export function processIds(): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0)
}

function membersOf(root: number, mark: string): number[] {
  const rows = processIds()
    .map(rowOf)
    .filter((row) => row !== null)
  const found = new Set([root])
  let size = 0
  while (found.size !== size) {
    size = found.size
    for (const row of rows) if (found.has(row.parent) || row.group === root || row.session === root) found.add(row.pid)
  }
  return rows.filter((row) => row.pid !== process.pid && (found.has(row.pid) || carries(row.pid, mark))).map((row) => row.pid)
}

/** Null for a process that is gone or only waits to be reaped. */
function rowOf(pid: number): { pid: number; parent: number; group: number; session: number } | null {
  const stat = read(`/proc/${pid}/stat`)
  // The name in parentheses may hold spaces and parentheses itself.
  const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (stat === '' || state === 'Z' || state === 'X') return null
  return { pid, parent: Number(parent), group: Number(group), session: Number(session) }
}

function carries(pid: number, mark: string): boolean {
  return `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${mark}\0`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
