import { readFileSync } from 'node:fs'

import { watchDisk } from './disk.ts'
import type { Situation } from './protocol.ts'
import { processIds, send } from './tree.ts'

const LOOK_MS = 200
const PAGE_BYTES = 4096

/**
 * Holds the sandbox to its limits as a whole. The kernel's own limit on processes does not count for the host's root,
 * and its limit on memory is per process; a namespace cannot have either without a cgroup, which containers rarely give.
 */
export function watch(situation: Situation, told: (why: string) => void): void {
  const { processes, memory_bytes, work_bytes } = situation.limits
  const full = () => {
    told(`[sandbox] /work ${situation.home === undefined ? 'holds' : 'and HOME hold'} more than ${work_bytes} bytes: every process in the sandbox was killed; delete what is not needed`)
    killAll()
  }
  if (work_bytes !== undefined) void watchDisk(situation.home === undefined ? [situation.work] : [situation.work, situation.home], work_bytes, full)
  setInterval(() => {
    const others = processIds().filter((pid) => pid !== 1 && pid !== process.pid)
    if (others.length > processes) {
      told(`[sandbox] more than ${processes} processes: every process in the sandbox was killed`)
      killAll()
      return
    }
    const sizes = others.map((pid) => ({ pid, bytes: privateBytes(pid) }))
    const total = sizes.reduce((sum, size) => sum + size.bytes, 0)
    if (total <= memory_bytes) return
    const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a))
    told(`[sandbox] more than ${memory_bytes} bytes of memory: the largest process, ${largest.pid}, was killed`)
    send(largest.pid, 'SIGKILL')
  }, LOOK_MS)
}

/** The kernel spares the caller and the namespace's first process; one sweep takes every other at once, forks included. */
function killAll(): void {
  for (let sweep = 0; sweep < 20; sweep += 1) send(-1, 'SIGKILL')
}

function privateBytes(pid: number): number {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
    return (Number(resident) - Number(shared)) * PAGE_BYTES
  } catch {
    return 0
  }
}
