import type { Instant } from '../../domain/id.ts'

/** GitHub's times as one spelling, so that webhook and REST give a fact the same id: whole seconds, UTC. */
export function instant(time: string | number): Instant {
  const date = new Date(typeof time === 'number' ? time * 1000 : time)
  return `${date.toISOString().slice(0, 19)}Z`
}
