import { currentPosition } from '../show/review.ts'
import { issueNumbered } from '../issue-record.ts'
import { missingChecks, pullCommits, pullFacts, pullFiles } from '../pull-facts.ts'
import { notFound } from '../refusal.ts'
import { isPull } from '../world.ts'
import type { CheckRunRecord, PullIssue } from '../world.ts'
import { actors, count, hidden, person, state, when } from './bits.ts'
import { commitList } from './commit-pages.ts'
import { diffOf } from './diff.ts'
import { discussion } from './discussion.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { margin, speak } from './issue-page.ts'
import { layout } from './layout.ts'
import { markdown } from './markdown.ts'
import type { RepositoryScene } from './scene.ts'
import { root } from './scene.ts'

type Tab = 'conversation' | 'commits' | 'files'

export async function pullPage(scene: RepositoryScene, tab: Tab): Promise<string> {
  const issue = issueNumbered(scene.repository, Number(scene.parts[0]))
  if (!isPull(issue)) throw notFound()
  const commits = await pullCommits(scene.dir, issue)
  const files = await pullFiles(scene.dir, issue)
  const base = `${root(scene)}/pull/${issue.number}`
  const tabs = [
    { tab: 'conversation', href: base, text: 'Conversation', count: null },
    { tab: 'commits', href: `${base}/commits`, text: 'Commits', count: commits.length },
    { tab: 'files', href: `${base}/files`, text: 'Files', count: files.length },
  ]
  const content = tab === 'conversation' ? await conversation(scene, issue) : tab === 'commits' ? commitList(scene, commits) : await filesTab(scene, issue)
  const { head, base: into } = issue.pull
  return layout(
    scene,
    `${issue.title} · #${issue.number}`,
    'pulls',
    html`<h1>${issue.title} <span class="number">#${issue.number}</span></h1>
      <p class="meta">${state(issue)} · ${person(issue.user)} wants ${count(commits.length, 'commit')} from <span class="mono">${head.ref}</span> in <span class="mono">${into.ref}</span></p>
      <nav class="tabs">
        ${tabs.map((entry) => html`<a href="${entry.href}" ${entry.tab === tab ? trusted(' aria-current="page"') : null}>${entry.text} <span class="count">${entry.count}</span></a>`)}
      </nav>
      ${content}`,
  )
}

async function conversation(scene: RepositoryScene, issue: PullIssue): Promise<Html> {
  const notes = await discussion(scene, issue)
  return html`<div class="columns">
    <main>${notes}${checks(scene, issue)}${await mergeBox(scene, issue)}${speak(scene, issue)}</main>
    ${margin(scene, issue)}
  </div>`
}

async function filesTab(scene: RepositoryScene, issue: PullIssue): Promise<Html> {
  const own = scene.repository.review_comments.filter((comment) => comment.issue_id === issue.id && comment.in_reply_to_id === null)
  const placed = await Promise.all(own.map(async (comment) => ({ comment, position: await currentPosition(scene.dir, issue, comment) })))
  const standing = placed.flatMap(({ comment, position }) => (position === null ? [] : [{ comment, position }]))
  return html`${diffOf(scene, await pullFiles(scene.dir, issue), standing)}${issue.state === 'open' ? reviewForm(scene) : null}`
}

function reviewForm(scene: RepositoryScene): Html {
  return html`<form class="act" method="post" style="margin-top:2rem">
    <textarea name="body" placeholder="What you found"></textarea>${actors(scene)}<span class="right"></span> <button name="act" value="review">Comment</button
    ><button name="act" value="request_changes">Request changes</button><button class="main" name="act" value="approve">Approve</button>
  </form>`
}

const words: Record<string, { text: string; tone: string }> = {
  success: { text: 'passed', tone: 'success' },
  failure: { text: 'failed', tone: 'failure' },
  timed_out: { text: 'timed out', tone: 'failure' },
  action_required: { text: 'needs a person', tone: 'wait' },
  cancelled: { text: 'cancelled', tone: 'neutral' },
  neutral: { text: 'neutral', tone: 'neutral' },
  skipped: { text: 'skipped', tone: 'neutral' },
}

/** The newest run of each check, with what it reported. */
function checks(scene: RepositoryScene, issue: PullIssue): Html | null {
  const { check_runs, statuses } = scene.repository
  const sha = issue.pull.head.sha
  const runs = check_runs.filter((run) => run.head_sha === sha).toReversed()
  const latest = runs.filter((run, index) => runs.findIndex((other) => other.name === run.name) === index).toReversed()
  const states = statuses.filter((status) => status.sha === sha).toReversed()
  const newest = states.filter((status, index) => states.findIndex((other) => other.context === status.context) === index)
  if (latest.length + newest.length === 0) return null
  return html`<h2>Checks</h2>
    <div class="box">
      ${latest.map((run) => html`<div>${checkRun(scene, run)}</div>`)}
      ${newest.map((status) => html`<div>${outcome(status.state === 'error' ? 'failure' : status.state)} <b>${status.context}</b> <span class="quiet">${status.description}</span></div>`)}
    </div>`
}

function outcome(name: string | null): Html {
  const { text, tone } = words[name ?? ''] ?? { text: 'running', tone: 'pending' }
  return html`<span class="state ${tone}">${text}</span>`
}

export function checkRun(scene: RepositoryScene, run: CheckRunRecord): Html {
  const { title, summary, text } = run.output
  const app = scene.machine.world.apps.find((candidate) => candidate.id === run.app_id)
  const head = html`${outcome(run.conclusion)} <b>${run.name}</b> <span class="quiet">${title} · ${app?.slug}</span>`
  if (summary === null && text === null) return head
  return html`<details>
    <summary>${head}</summary>
    <div class="text" style="padding:.6rem 0">${summary === null ? null : markdown(scene, summary)}${text === null ? null : markdown(scene, text)}</div>
  </details>`
}

async function mergeBox(scene: RepositoryScene, issue: PullIssue): Promise<Html | null> {
  if (issue.state === 'closed') return null
  const facts = await pullFacts(scene.machine, scene.repository, issue)
  const missing = missingChecks(scene.repository, issue)
  const { repository } = scene
  const ways = [
    { method: 'merge', text: 'Merge', allowed: repository.allow_merge_commit },
    { method: 'squash', text: 'Squash and merge', allowed: repository.allow_squash_merge },
    { method: 'rebase', text: 'Rebase and merge', allowed: repository.allow_rebase_merge },
  ].filter((way) => way.allowed)
  const sentence = issue.pull.draft
    ? 'This is still a draft.'
    : facts.mergeable !== true
      ? `It conflicts with ${issue.pull.base.ref}.`
      : missing.length > 0
        ? `Waiting for ${missing.join(', ')}.`
        : `It merges cleanly into ${issue.pull.base.ref}.`
  const blocked = facts.mergeable_state === 'dirty' || facts.mergeable_state === 'draft' || missing.length > 0
  return html`<div class="box">
    <div>${reviewSummary(scene, issue)}</div>
    <div><span class="state ${blocked ? 'wait' : 'success'}">${sentence}</span></div>
    <div>
      <form class="act" method="post">
        ${hidden('act', 'merge')}${hidden('sha', issue.pull.head.sha)}<select name="method">
          ${ways.map((way) => html`<option value="${way.method}">${way.text}</option>`)}</select
        >${actors(scene)} <span class="right"></span><a href="${root(scene)}/pull/${issue.number}/files">Review the changes</a>
        <button class="main" ${blocked ? trusted(' disabled') : null}>Merge</button>
      </form>
    </div>
  </div>`
}

function reviewSummary(scene: RepositoryScene, issue: PullIssue): Html {
  const decisive = scene.repository.reviews.filter((review) => review.issue_id === issue.id && (review.state === 'APPROVED' || review.state === 'CHANGES_REQUESTED'))
  const last = decisive.filter((review, index) => decisive.findLastIndex((other) => other.user === review.user) === index)
  if (last.length === 0) return html`<span class="quiet">Nobody has approved it yet.</span>`
  return html`${last.map((review) => html`${person(review.user)} <span class="${review.state === 'APPROVED' ? 'success' : 'failure'}">${review.state === 'APPROVED' ? 'approved' : 'asks for changes'}</span> ${when(scene, review.submitted_at)} `)}`
}
