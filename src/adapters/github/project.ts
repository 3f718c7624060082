import type { FeatureState, Mission } from '../../domain/mission.ts'
import { sameText } from './issues.ts'
import { stateLabels } from './labels.ts'
import type { Site } from './site.ts'
import type { Page } from './texts.ts'
import { said } from './trouble.ts'

/** What this process drew last, by page: a text that did not change costs no call. Another process may draw too, so it counts for a while only. */
export type Drawn = Map<string, { text: string; at_ms: number }>

const drawn_limit = 5000
const drawn_for_ms = 60_000

/**
 * Redraws what changed and leaves the rest alone: the status comment, the app's issues and pull requests, at most one
 * label of state on each sub-issue. What a person wrote into a page stands until the page has something new to say.
 */
export async function project(site: Site, drawn: Drawn, mission: Mission): Promise<void> {
  if (drawn.size > drawn_limit) drawn.clear()
  const { texts } = site
  if (mission.status_comment !== null) await drawStatus(site, drawn, mission, mission.status_comment)
  if (mission.tracking_issue === null) return
  await drawPage(site, drawn, mission.tracking_issue, texts.trackingIssue(mission))
  for (const feature of mission.features) {
    if (feature.issue !== null) await drawPage(site, drawn, feature.issue, texts.featureIssue(mission, feature))
    if (feature.pull !== null && feature.on === null) await drawPage(site, drawn, feature.pull, texts.featurePullRequest(mission, feature))
  }
  if (mission.delivery.pull !== null) await drawPage(site, drawn, mission.delivery.pull, texts.report(mission))
  await drawLabels(site, drawn, mission, mission.tracking_issue)
}

async function drawStatus(site: Site, drawn: Drawn, mission: Mission, comment_id: number): Promise<void> {
  const text = site.texts.statusComment(mission)
  const at = { ...site.repo, comment_id }
  await unlessDrawn(site, drawn, `comment ${comment_id}`, text, async () => {
    const { data: comment } = await site.octokit.rest.issues.getComment(at)
    const body = resigned(site, comment, text)
    if (body !== null && !sameText(comment.body ?? '', body)) await site.octokit.rest.issues.updateComment({ ...at, body })
  })
}

/** Issues and pull requests alike. */
async function drawPage(site: Site, drawn: Drawn, issue_number: number, page: Page): Promise<void> {
  const at = { ...site.repo, issue_number }
  await unlessDrawn(site, drawn, `page ${issue_number}`, `${page.title}\n${page.body}`, async () => {
    const { data: issue } = await site.octokit.rest.issues.get(at)
    const body = resigned(site, { user: issue.user, ...(issue.body === undefined ? {} : { body: issue.body }) }, page.body)
    const stands = issue.title === page.title && sameText(issue.body ?? '', body ?? '')
    if (body !== null && !stands) await site.octokit.rest.issues.update({ ...at, title: page.title, body })
  })
}

async function unlessDrawn(site: Site, drawn: Drawn, page: string, text: string, draw: () => Promise<void>): Promise<void> {
  const key = `${site.repository.id} ${page}`
  const before = drawn.get(key)
  const now_ms = site.clock.now().getTime()
  if (before?.text === text && now_ms - before.at_ms < drawn_for_ms) return
  try {
    await draw()
  } catch (error) {
    // What a person deleted stays deleted.
    if (!said(error, 404, 410)) throw error
  }
  drawn.set(key, { text, at_ms: now_ms })
}

/** The new text under the marker that the page carries; null when the page is not ours after all. */
function resigned(site: Site, shown: { body?: string | null; user: { login: string } | null }, text: string): string | null {
  const name = site.markers.read(site.repository.id, shown)
  return name === null ? null : site.markers.sign(site.repository.id, name, text)
}

async function drawLabels(site: Site, drawn: Drawn, mission: Mission, tracking_issue: number): Promise<void> {
  // Nobody is at anything any more once the mission has ended.
  const wanted = mission.features.map((feature) => ({ issue: feature.issue, label: mission.ended_at === null ? stateOf(feature) : null }))
  await unlessDrawn(site, drawn, `labels ${tracking_issue}`, JSON.stringify(wanted), async () => {
    const children = await site.octokit.paginate(site.octokit.rest.issues.listSubIssues, { ...site.repo, issue_number: tracking_issue, per_page: 100 })
    for (const { issue, label } of wanted) {
      const child = children.find((candidate) => candidate.number === issue)
      const names = child?.labels.flatMap((name) => (typeof name === 'string' ? [name] : (name.name ?? []))) ?? []
      const others = names.filter((name) => !stateNames.has(name))
      const labels = label === null ? others : [...others, label]
      if (child !== undefined && !sameNames(labels, names)) await site.octokit.rest.issues.setLabels({ ...site.repo, issue_number: child.number, labels })
    }
  })
}

const stateNames = new Set<string>(Object.values(stateLabels).map((label) => label.name))

function sameNames(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name))
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
    case 'splitting':
    case 'merged':
    case 'dropped':
      return null
  }
}
