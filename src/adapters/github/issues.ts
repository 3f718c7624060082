import { botLogin } from './identity.ts'
import { sinceFor } from './comments.ts'
import type { Site } from './site.ts'
import { onceVisible } from './site.ts'
import { said } from './trouble.ts'
import type { Page } from './texts.ts'

/** An issue of the app's own, as acts need it. */
export interface OwnIssue {
  /** The marker's name. */
  name: string
  id: number
  number: number
  title: string
  body: string
  state: string
  state_reason: string | null
  labels: string[]
  /** Open issues of the same name: two processes were at it once. */
  twins: number[]
}

/** The app's own issues by the name of their marker. Of two with one name the older counts. */
export type OwnIssues = Map<string, OwnIssue>

/** By listing, not by search: the search index is late. */
export async function ownIssues(site: Site, began_at: string): Promise<OwnIssues> {
  const found: OwnIssues = new Map()
  const listing = { ...site.repo, creator: botLogin(site.identity), state: 'all', since: sinceFor(began_at), sort: 'created', direction: 'asc', per_page: 100 } as const
  for (const issue of await site.octokit.paginate(site.octokit.rest.issues.listForRepo, listing)) {
    const name = issue.pull_request === undefined ? site.markers.read(site.repository.id, issue) : null
    if (name === null) continue
    // Oldest first: whatever bears the name again is a twin.
    const known = found.get(name)
    if (known === undefined) found.set(name, asOwn(name, issue))
    else if (issue.state === 'open') known.twins.push(issue.number)
  }
  return found
}

/** The issue of that name; made when there is none, brought up to date when there is. */
export async function issueOnce(site: Site, known: OwnIssues, wanted: { name: string; page: Page; labels: string[] }): Promise<OwnIssue> {
  const { name, page, labels } = wanted
  const body = site.markers.sign(site.repository.id, name, page.body)
  const made = known.get(name)
  if (made === undefined) {
    const { data } = await site.octokit.rest.issues.create({ ...site.repo, title: page.title, body, labels })
    const own = asOwn(name, data)
    known.set(name, own)
    return own
  }
  for (const twin of made.twins) await closeIssue(site, twin, 'not_planned')
  const reopen = made.state === 'closed' ? { state: 'open' as const } : {}
  if (made.title !== page.title || !sameText(made.body, body) || made.state === 'closed') {
    await site.octokit.rest.issues.update({ ...site.repo, issue_number: made.number, title: page.title, body, ...reopen })
  }
  return made
}

/** Closed already is success, whatever the reason; gone is, too. */
export async function closeIssue(site: Site, issue_number: number, state_reason: 'completed' | 'not_planned'): Promise<void> {
  try {
    const { data } = await site.octokit.rest.issues.get({ ...site.repo, issue_number })
    if (data.state === 'open') await site.octokit.rest.issues.update({ ...site.repo, issue_number, state: 'closed', state_reason })
  } catch (error) {
    if (!said(error, 404, 410)) throw error
  }
}

/** Ids of an issue's sub-issues. A parent takes a hundred. */
export async function subIssueIds(site: Site, issue_number: number): Promise<Set<number>> {
  const children = await site.octokit.paginate(site.octokit.rest.issues.listSubIssues, { ...site.repo, issue_number, per_page: 100 })
  return new Set(children.map((child) => child.id))
}

export async function addSubIssue(site: Site, parent: number, child: OwnIssue): Promise<void> {
  const add = () => site.octokit.rest.issues.addSubIssue({ ...site.repo, issue_number: parent, sub_issue_id: child.id })
  try {
    await onceVisible(site, add)
  } catch (error) {
    // Linked since we looked.
    if (!said(error, 422) || !(await subIssueIds(site, parent)).has(child.id)) throw error
  }
}

/** GitHub stores line ends as they come; people's browsers send CRLF. */
export function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim()
}

interface RestIssue {
  id: number
  number: number
  title: string
  body?: string | null
  state: string
  state_reason?: string | null
  labels: (string | { name?: string | null })[]
}

function asOwn(name: string, issue: RestIssue): OwnIssue {
  const labels = issue.labels.flatMap((label) => (typeof label === 'string' ? [label] : (label.name ?? [])))
  return { name, id: issue.id, number: issue.number, title: issue.title, body: issue.body ?? '', state: issue.state, state_reason: issue.state_reason ?? null, labels, twins: [] }
}
