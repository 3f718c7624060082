import type { FeatureState, Mission } from '../../domain/mission.ts'
import { sameText } from './issues.ts'
import { stateLabels } from './labels.ts'
import type { Site } from './site.ts'
import { said } from './trouble.ts'

/** What GitHub last told of a page, so that asking again costs nothing while nobody changed it. */
export type Pages = Map<string, { etag: string; page: Shown }>

interface Shown {
  title: string | null
  body: string
  user: { login: string } | null
}

const pages_limit = 1000

/** Redraws what changed and leaves the rest alone: status comment, tracking issue, one label on each open sub-issue. */
export async function project(site: Site, pages: Pages, mission: Mission): Promise<void> {
  if (mission.status_comment !== null) await drawStatus(site, pages, { mission, comment_id: mission.status_comment })
  if (mission.tracking_issue === null) return
  await drawTracking(site, pages, { mission, issue_number: mission.tracking_issue })
  await drawLabels(site, mission, mission.tracking_issue)
}

async function drawStatus(site: Site, pages: Pages, { mission, comment_id }: { mission: Mission; comment_id: number }): Promise<void> {
  const shown = await look(site, pages, `/repos/{owner}/{repo}/issues/comments/${comment_id}`)
  const body = shown && resigned(site, shown, site.texts.statusComment(mission))
  if (!shown || !body || sameText(shown.body, body)) return
  await site.octokit.rest.issues.updateComment({ ...site.repo, comment_id, body })
}

async function drawTracking(site: Site, pages: Pages, { mission, issue_number }: { mission: Mission; issue_number: number }): Promise<void> {
  const shown = await look(site, pages, `/repos/{owner}/{repo}/issues/${issue_number}`)
  const page = site.texts.trackingIssue(mission)
  const body = shown && resigned(site, shown, page.body)
  if (!shown || !body || (shown.title === page.title && sameText(shown.body, body))) return
  await site.octokit.rest.issues.update({ ...site.repo, issue_number, title: page.title, body })
}

/** The new text under the marker the page carries; null when the page is not ours after all. */
function resigned(site: Site, shown: Shown, text: string): string | null {
  const name = site.markers.read(site.repository.id, shown)
  return name === null ? null : site.markers.sign(site.repository.id, name, text)
}

/** Null when a person deleted it: then it stays deleted. */
async function look(site: Site, pages: Pages, url: string): Promise<Shown | null> {
  const key = `${site.repository.id} ${url}`
  const before = pages.get(key)
  try {
    const answer = await site.octokit.request(`GET ${url}`, { ...site.repo, headers: before === undefined ? {} : { 'if-none-match': before.etag } })
    const data: { title?: string; body?: string | null; user?: { login: string } | null } = answer.data
    const page = { title: data.title ?? null, body: data.body ?? '', user: data.user ?? null }
    if (pages.size >= pages_limit) pages.clear()
    if (answer.headers.etag !== undefined) pages.set(key, { etag: answer.headers.etag, page })
    return page
  } catch (error) {
    if (said(error, 304) && before !== undefined) return before.page
    if (said(error, 404, 410)) return null
    throw error
  }
}

async function drawLabels(site: Site, mission: Mission, tracking_issue: number): Promise<void> {
  const children = await site.octokit.paginate(site.octokit.rest.issues.listSubIssues, { ...site.repo, issue_number: tracking_issue, per_page: 100 })
  const states = new Set<string>(Object.values(stateLabels).map((label) => label.name))
  for (const feature of mission.features) {
    const child = children.find((issue) => issue.number === feature.issue && issue.state === 'open')
    if (child === undefined) continue
    const names = child.labels.flatMap((label) => (typeof label === 'string' ? [label] : (label.name ?? [])))
    const wanted = stateOf(feature)
    const standing = names.filter((name) => states.has(name))
    if (standing.length === (wanted === null ? 0 : 1) && standing[0] === (wanted ?? undefined)) continue
    const labels = [...names.filter((name) => !states.has(name)), ...(wanted === null ? [] : [wanted])]
    await site.octokit.rest.issues.setLabels({ ...site.repo, issue_number: child.number, labels })
  }
}

function stateOf(feature: FeatureState): string | null {
  switch (feature.status) {
    case 'active':
    case 'handed_off':
    case 'fixing':
      return stateLabels.building.name
    case 'reviewing':
      return stateLabels.reviewing.name
    case 'merging':
      return stateLabels.merging.name
    case 'ready':
    case 'merged':
    case 'dropped':
      return null
  }
}
