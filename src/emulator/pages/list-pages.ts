import { isPull, sameName } from '../world.ts'
import type { IssueRecord } from '../world.ts'
import { actors, count, hidden, issueLink, pictures, labels, person, state, when } from './bits.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import { root } from './scene.ts'
import type { RepositoryScene, Scene } from './scene.ts'

export function homePage(scene: Scene): string {
  const owner = scene.parts[0]
  const shown = scene.machine.world.repositories.filter((repository) => owner === undefined || sameName(repository.owner, owner))
  return layout(
    scene,
    owner ?? 'Repositories',
    null,
    html`<h1>${owner ?? 'Repositories'}</h1>
      <p class="meta">A GitHub on this machine: REST at ${scene.machine.url}/api/v3, git at ${scene.machine.url}/owner/name.git</p>
      <ul class="list">
        ${shown.map((repository) => {
          const open = repository.issues.filter((issue) => issue.state === 'open')
          const pulls = open.filter(isPull).length
          return html`<li>
            <a class="title" href="/${repository.owner}/${repository.name}">${repository.owner}/${repository.name}</a>${repository.private ? html` <span class="quiet small">private</span>` : null}
            <div class="small quiet">${count(open.length - pulls, 'open issue')} · ${count(pulls, 'open pull request')} · pushed ${when(scene, repository.pushed_at)}</div>
          </li>`
        })}
      </ul>`,
  )
}

export function issuesPage(scene: RepositoryScene): string {
  return listPage(scene, { title: 'Issues', section: 'issues', items: scene.repository.issues.filter((issue) => !isPull(issue)), more: newIssueLink(scene) })
}

export function pullsPage(scene: RepositoryScene): string {
  return listPage(scene, { title: 'Pull requests', section: 'pulls', items: scene.repository.issues.filter(isPull), more: null })
}

interface List {
  title: string
  section: 'issues' | 'pulls'
  items: IssueRecord[]
  more: Html | null
}

function listPage(scene: RepositoryScene, { title, section, items, more }: List): string {
  const wanted = scene.url.searchParams.get('state') === 'closed' ? 'closed' : 'open'
  const shown = items.filter((issue) => issue.state === wanted).toReversed()
  const tabs = (['open', 'closed'] as const).map(
    (name) =>
      html`<a href="?state=${name}" ${name === wanted ? trusted(' aria-current="page"') : null}
        >${name === 'open' ? 'Open' : 'Closed'} <span class="count">${items.filter((issue) => issue.state === name).length}</span></a
      >`,
  )
  return layout(
    scene,
    title,
    section,
    html`<h1>${title}</h1>
      <nav class="tabs">${tabs}<span class="right"></span>${more}</nav>
      ${
        shown.length === 0
          ? html`<p class="quiet">None.</p>`
          : html`<ul class="list">
              ${shown.map((issue) => line(scene, issue))}
            </ul>`
      }`,
  )
}

function line(scene: RepositoryScene, issue: IssueRecord): Html {
  const children = scene.repository.issues.filter((other) => other.parent_id === issue.id)
  const done = children.filter((child) => child.state === 'closed').length
  const comments = scene.repository.comments.filter((comment) => comment.issue_id === issue.id).length
  return html`<li>
    <a class="title" href="${issueLink(scene, issue)}">${issue.title}</a>${labels(scene, issue)}
    <div class="small quiet">
      ${state(issue)} · #${issue.number} by ${person(issue.user)}
      ${when(scene, issue.created_at)}${children.length > 0 ? html` · ${done} of ${children.length} sub-issues` : null}${comments > 0 ? html` · ${count(comments, 'comment')}` : null}
    </div>
  </li>`
}

function newIssueLink(scene: RepositoryScene): Html {
  return html`<a href="${root(scene)}/issues/new">New issue</a>`
}

export function newIssuePage(scene: RepositoryScene): string {
  return layout(
    scene,
    'New issue',
    'issues',
    html`<h1>New issue</h1>
      <form class="act" method="post" enctype="multipart/form-data">
        ${hidden('act', 'create')} <input type="text" name="title" placeholder="Title" required style="width:100%" /><textarea
          name="body"
          placeholder="What is wanted; Markdown works"
          style="min-height:14rem"
        ></textarea>
        <input type="text" name="label" placeholder="label, such as mission" />${pictures()}${actors(scene)}<span class="right"></span><button class="main">Create</button>
      </form>`,
  )
}
