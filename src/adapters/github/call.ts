import type { Octokit } from '@octokit/rest'
import type { Clock } from '../../ports/clock.ts'
import { ForgeAway, ForgeRefused } from '../../ports/forge.ts'
import type { RepositoryRef } from '../../ports/workspaces.ts'
import type { Pace } from './pace.ts'
import { awayOf, limitOf, said } from './trouble.ts'

/** Full names by repository id, once GitHub has told that one changed. */
export type Names = Map<number, { owner: string; repo: string }>

export interface CallRules {
  repository: RepositoryRef
  pace: Pace
  names: Names
  clock: Clock
  timeout_ms: number
  signal: AbortSignal
}

/**
 * Puts our rules around every call of a client: its turn, its time limit, no retry, no blind redirect, and errors in
 * our words: `ForgeAway` for what passes, GitHub's own answer for what an act may understand.
 */
export function withRules(octokit: Octokit, rules: CallRules): Octokit {
  const { repository, pace, names, clock } = rules

  octokit.hook.wrap('request', async (request, options) => {
    const kind = options.method === 'GET' ? 'read' : 'mutation'
    // A listing comes with its address written out, every other call with owner and name beside it.
    const written = options['owner'] === undefined && writtenName.test(options.url)
    const ofRepository = options['owner'] !== undefined || written

    async function once() {
      await pace.turn(repository.installation_id, kind, rules.signal)
      const signal = AbortSignal.any([rules.signal, AbortSignal.timeout(rules.timeout_ms)])
      // Changed in place: hooks below this one see these options, whatever is handed to them.
      Object.assign(options, renamed(), { request: { ...options.request, signal, redirect: 'manual', retries: 0 } })
      try {
        const response = await request(options)
        if (isPage(response)) throw new ForgeAway('GitHub answered with a page instead of data; what it did is looked up at the next try.')
        return response
      } catch (error) {
        rules.signal.throwIfAborted()
        const limit_ms = limitOf(error, clock.now().getTime())
        if (limit_ms === null) throw awayOf(error) ?? error
        pace.stayAway(repository.installation_id, limit_ms)
        throw new ForgeAway('GitHub asked this installation to wait.', limit_ms)
      }
    }

    function renamed(): { url?: string; owner?: string; repo?: string } {
      const name = names.get(repository.id)
      if (!ofRepository || name === undefined) return {}
      return written ? { url: options.url.replace(writtenName, `/repos/${name.owner}/${name.repo}`) } : name
    }

    try {
      const response = await once()
      if (!isRedirect(response.status)) return response
    } catch (error) {
      if (!ofRepository || !said(error, 404) || !(await nameChanged())) throw error
      return once()
    }
    if (ofRepository) await nameChanged()
    const response = await once()
    if (isRedirect(response.status))
      throw new ForgeRefused(`GitHub says this has moved to ${response.headers.location ?? 'another place'}; a mission does not follow there. Move it back, or label it where it is now.`)
    return response
  })

  /** Asks by id, which outlives renames and transfers. */
  async function nameChanged(): Promise<boolean> {
    try {
      const { data } = await octokit.request('GET /repositories/{repository_id}', { repository_id: repository.id })
      const known = names.get(repository.id) ?? { owner: repository.owner, repo: repository.name }
      const current = { owner: String(data.owner.login), repo: String(data.name) }
      names.set(repository.id, current)
      return known.owner !== current.owner || known.repo !== current.repo
    } catch (error) {
      if (said(error, 404, 403)) return false
      throw error
    }
  }

  return octokit
}

const writtenName = /\/repos\/[^/{]+\/[^/?{]+/

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

function isPage(response: { status: number; data: unknown }): boolean {
  return !isRedirect(response.status) && response.status !== 204 && typeof response.data === 'string' && response.data.trim() !== ''
}
