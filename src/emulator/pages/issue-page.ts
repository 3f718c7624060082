import { issueById, issueNumbered } from '../issue-record.ts'
import { isPull } from '../world.ts'
import type { IssueRecord } from '../world.ts'
import { actors, count, hidden, issueLink, pictures, labels, person, state, when } from './bits.ts'
import { discussion } from './discussion.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import type { RepositoryScene } from './scene.ts'

export async function issuePage(scene: RepositoryScene): Promise<string> {
  const issue = issueNumbered(scene.repository, Number(scene.parts[0]))
  const notes = await discussion(scene, issue)
  const comments = scene.repository.comments.filter((comment) => comment.issue_id === issue.id).length
  return layout(
    scene,
    `${issue.title} · #${issue.number}`,
    'issues',
    html`<h1>${issue.title} <span class="number">#${issue.number}</span></h1>
      <p class="meta">${state(issue)} · ${person(issue.user)} opened it ${when(scene, issue.created_at)} · ${count(comments, 'comment')}</p>
      <div class="columns">
        <main>${family(scene, issue)}${notes}${speak(scene, issue)}</main>
        ${margin(scene, issue)}
      </div>`,
  )
}

/** Parent, sub-issues with their progress, and what waits for what. */
function family(scene: RepositoryScene, issue: IssueRecord): Html | null {
  const parent = issue.parent_id === null ? null : issueById(scene.machine, issue.parent_id)
  const children = issue.sub_issue_ids.flatMap((id) => issueById(scene.machine, id) ?? [])
  const blockers = issue.blocked_by_ids.flatMap((id) => issueById(scene.machine, id) ?? [])
  const blocked = scene.repository.issues.filter((other) => other.blocked_by_ids.includes(issue.id))
  if (parent === null && children.length + blockers.length + blocked.length === 0) return null
  const link = (other: IssueRecord): Html => html`<a href="${issueLink(scene, other)}">${other.title} <span class="quiet">#${other.number}</span></a>`
  const done = children.filter((child) => child.issue.state === 'closed').length
  return html`<div class="box">
    ${parent === null ? null : html`<div><span class="quiet">Part of</span> ${link(parent.issue)}</div>`}
    ${blockers.length === 0 ? null : html`<div><span class="quiet">Blocked by</span> ${blockers.map(({ issue: other }) => html`${link(other)} `)}</div>`}
    ${blocked.length === 0 ? null : html`<div><span class="quiet">Blocks</span> ${blocked.map((other) => html`${link(other)} `)}</div>`}
    ${
      children.length === 0
        ? null
        : html`<div>
            <b>Sub-issues</b> <span class="quiet">${done} of ${children.length} done</span>
            <div class="bar"><i style="width:${Math.round((done / children.length) * 100)}%"></i></div>
            <table class="plain small">
              ${children.map(
                ({ issue: child }) =>
                  html`<tr>
                    <td>${state(child)}</td>
                    <td>${link(child)}${labels(scene, child)}</td>
                  </tr>`,
              )}
            </table>
          </div>`
    }
  </div>`
}

export function margin(scene: RepositoryScene, issue: IssueRecord): Html {
  const known = scene.repository.labels.filter((label) => !issue.labels.includes(label.name))
  return html`<aside>
    <section>
      <h3>Assignees</h3>
      ${issue.assignees.length === 0 ? html`<span class="quiet">nobody</span>` : issue.assignees.join(', ')}
    </section>
    <section>
      <h3>Labels</h3>
      <p>${issue.labels.length === 0 ? html`<span class="quiet">none</span>` : labels(scene, issue)}</p>
      <details>
        <summary class="quiet">change</summary>
        <form class="act" method="post">
          ${hidden('act', 'label')}<input type="text" name="label" list="labels" size="10" placeholder="add a label" required />
          <datalist id="labels">${[...known.map((label) => label.name), 'mission'].map((name) => html`<option>${name}</option>`)}</datalist> ${actors(scene)}<button>Add</button>
        </form>
        ${
          issue.labels.length === 0
            ? null
            : html`<form class="act" method="post">
                ${hidden('act', 'unlabel')}<select name="label">
                  ${issue.labels.map((name) => html`<option>${name}</option>`)}</select
                >${actors(scene)}<button>Remove</button>
              </form>`
        }
      </details>
    </section>
    ${issue.locked ? html`<section class="quiet">Locked${issue.active_lock_reason === null ? null : `: ${issue.active_lock_reason}`}</section>` : null}
  </aside>`
}

export function speak(scene: RepositoryScene, issue: IssueRecord): Html {
  const merged = isPull(issue) && issue.pull.merged_at !== null
  const turn = issue.state === 'open' ? { act: 'close', text: 'Close' } : { act: 'reopen', text: 'Reopen' }
  return html`<form class="act" method="post" enctype="multipart/form-data" style="margin-top:2rem">
    <textarea name="body" placeholder="Write a comment; Markdown works"></textarea> ${pictures()}${actors(scene)}<span class="right"></span
    >${merged ? null : html`<button name="act" value="${turn.act}">${turn.text}</button>`} <button class="main" name="act" value="comment">Comment</button>
  </form>`
}
