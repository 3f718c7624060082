import type { Emulator } from '../emulator/emulator.ts'
import { until } from '../stage/processes.ts'
import { place } from './stage.ts'
import { issue, question, reply } from './story/request.ts'

/** The person of the story. Sees only what a person sees on GitHub. */
export interface Human {
  /** Opens the issue and labels it. */
  ask(): Promise<number>
  /** Answers the question, approves the plan, merges when the check is green. Ends with the number of the merged pull request. */
  seeThrough(issue: number, signal: AbortSignal): Promise<number>
}

/** `patience_ms` is for each thing that is waited for. */
export function human(emulator: Emulator, patience_ms = 600_000): Human {
  const mara = emulator.as(place.person)
  return { ask, seeThrough }

  async function ask(): Promise<number> {
    const { number } = await mara.createIssue(place.full, issue)
    await mara.label(place.full, number, 'mission')
    return number
  }

  async function seeThrough(number: number, signal: AbortSignal): Promise<number> {
    await see(signal, 'a question', async () => (await mara.comments(place.full, number)).some((c) => c.body?.includes(question.text)))
    await mara.comment(place.full, number, reply)
    const hash = await see(signal, 'a plan to approve', async () => approvalHash(await mara.comments(place.full, number)))
    await mara.comment(place.full, number, `/approve-plan ${hash}`)
    const pull = await see(signal, 'a pull request into main with a green check', greenPull)
    await mara.merge(place.full, pull)
    return pull
  }

  function see<T>(signal: AbortSignal, what: string, look: () => Promise<T | null | false>): Promise<T> {
    return until(what, () => (signal.throwIfAborted(), look()), patience_ms)
  }

  async function greenPull(): Promise<number | null> {
    const pulls = await mara.request<{ number: number; head: { sha: string } }[]>(`GET /repos/${place.full}/pulls?state=open&base=main`)
    const pull = pulls[0]
    if (!pull) return null
    const { check_runs } = await mara.request<{ check_runs: { name: string; conclusion: string | null }[] }>(`GET /repos/${place.full}/commits/${pull.head.sha}/check-runs`)
    return check_runs.some((c) => c.name === 'missions/validation' && c.conclusion === 'success') ? pull.number : null
  }
}

function approvalHash(comments: { body?: string | null | undefined }[]): string | null {
  for (const { body } of comments.toReversed()) {
    const found = /\/approve-plan ([0-9a-f]{4,})/.exec(body ?? '')
    if (found?.[1]) return found[1]
  }
  return null
}
