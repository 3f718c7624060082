import { ForgeRefused } from '../../ports/forge.ts'
import { sameText } from './issues.ts'
import type { Site } from './site.ts'
import { onceVisible } from './site.ts'
import type { Page } from './texts.ts'
import { said, wholeMessage } from './trouble.ts'

export interface WantedPull {
  /** The marker's name: the act that opens it. */
  name: string
  head: string
  base: string
  page: Page
}

/**
 * The open pull request of that branch; opened when there is none, adopted and brought up to date when there is.
 * One that this very act opened and somebody closed since is left as it is. Found by listing, not by search.
 */
export async function pullOnce(site: Site, wanted: WantedPull): Promise<number> {
  const known = await find(site, wanted)
  if (known !== null) return known
  const { name, head, base, page } = wanted
  const body = site.markers.sign(site.repository.id, name, page.body)
  try {
    const create = () => site.octokit.rest.pulls.create({ ...site.repo, head, base, title: page.title, body })
    const { data } = await onceVisible(site, create, headNotKnownYet)
    return data.number
  } catch (error) {
    if (!said(error, 422)) throw error
    if (/already exists/i.test(wholeMessage(error))) {
      const made = await find(site, wanted)
      if (made !== null) return made
    }
    if (/no commits between/i.test(wholeMessage(error))) {
      throw new ForgeRefused(`GitHub opens no pull request from ${head}: it holds nothing that ${base} does not have. Push a commit to it, or drop the work.`)
    }
    throw error
  }
}

/** After a push GitHub takes a moment to see the branch. */
function headNotKnownYet(error: unknown): boolean {
  return said(error, 422) && /"field":"head","code":"invalid"|"code":"invalid","field":"head"/.test(error.message)
}

async function find(site: Site, wanted: WantedPull): Promise<number | null> {
  const { name, head, base, page } = wanted
  const found = await site.octokit.paginate(site.octokit.rest.pulls.list, { ...site.repo, head: `${site.repo.owner}:${head}`, state: 'all', per_page: 100 })
  const pull = found.find((candidate) => candidate.state === 'open') ?? found.find((candidate) => site.markers.read(site.repository.id, candidate) === name)
  if (pull === undefined) return null
  if (pull.state !== 'open') return pull.number
  // What a person opened from our branch keeps its words.
  const made_by = site.markers.read(site.repository.id, pull)
  const body = made_by === null ? (pull.body ?? '') : site.markers.sign(site.repository.id, made_by, page.body)
  const title = made_by === null ? pull.title : page.title
  if (pull.base.ref !== base || pull.title !== title || !sameText(pull.body ?? '', body)) {
    await site.octokit.rest.pulls.update({ ...site.repo, pull_number: pull.number, base, title, body })
  }
  return pull.number
}
