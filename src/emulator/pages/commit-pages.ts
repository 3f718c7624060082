import type { Commit } from '../git/commits.ts'
import { readCommit, readCommits } from '../git/commits.ts'
import { readDiff } from '../git/diff.ts'
import { mergeBase, resolveCommit } from '../git/refs.ts'
import { notFound } from '../refusal.ts'
import { filesOf } from '../show/commit.ts'
import { count, when } from './bits.ts'
import { diffOf } from './diff.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import type { RepositoryScene } from './scene.ts'
import { root } from './scene.ts'

async function commitOf(scene: RepositoryScene, name: string): Promise<string> {
  const sha = await resolveCommit(scene.dir, name)
  if (sha === null) throw notFound()
  return sha
}

export async function commitPage(scene: RepositoryScene): Promise<string> {
  const commit = await readCommit(scene.dir, await commitOf(scene, scene.parts[0] ?? ''))
  const [title = '', ...rest] = commit.message.split('\n')
  const parents = commit.parents.map((sha) => html` <a class="mono" href="${root(scene)}/commit/${sha}">${sha.slice(0, 7)}</a>`)
  return layout(
    scene,
    title,
    'code',
    html`<h1>${title}</h1>
      <p class="meta"><b>${commit.author.name}</b> ${when(scene, commit.author.date)} · <span class="mono">${commit.sha.slice(0, 12)}</span> · ${count(commit.parents.length, 'parent')}${parents}</p>
      ${rest.join('').trim() === '' ? null : html`<pre class="file">${rest.join('\n').trim()}</pre>`}${diffOf(scene, await filesOf(scene.dir, commit))}`,
  )
}

export async function commitsPage(scene: RepositoryScene): Promise<string> {
  const name = scene.parts[0] || scene.repository.default_branch
  const commits = await readCommits(scene.dir, ['--max-count', '100', await commitOf(scene, name)])
  return layout(
    scene,
    `Commits · ${name}`,
    'code',
    html`<h1>Commits <span class="number">${name}</span></h1>
      ${commitList(scene, commits)}`,
  )
}

export function commitList(scene: RepositoryScene, commits: Commit[]): Html {
  return html`<ul class="list">
    ${commits.map((commit) => {
      const [title = '', ...rest] = commit.message.split('\n')
      const body = rest.join('\n').trim()
      return html`<li>
        <a class="title" href="${root(scene)}/commit/${commit.sha}">${title}</a>
        <div class="small quiet">${commit.author.name} ${when(scene, commit.author.date)} · <span class="mono">${commit.sha.slice(0, 7)}</span></div>
        ${
          body === ''
            ? null
            : html`<details class="small">
                <summary class="quiet">message</summary>
                <pre class="file">${body}</pre>
              </details>`
        }
      </li>`
    })}
  </ul>`
}

export async function comparePage(scene: RepositoryScene): Promise<string> {
  const [given = '', to] = (scene.parts[0] ?? '').split('...')
  const [from, end] = to === undefined ? [scene.repository.default_branch, given] : [given, to]
  const [base, head] = [await commitOf(scene, from), await commitOf(scene, end)]
  const common = (await mergeBase(scene.dir, base, head)) ?? base
  const commits = await readCommits(scene.dir, [`${base}..${head}`], { reverse: true })
  return layout(
    scene,
    `${from}...${end}`,
    'code',
    html`<h1>Compare</h1>
      <p class="meta"><span class="mono">${from}</span> … <span class="mono">${end}</span> · ${count(commits.length, 'commit')}</p>
      ${commitList(scene, commits)}${diffOf(scene, await readDiff(scene.dir, common, head))}`,
  )
}
