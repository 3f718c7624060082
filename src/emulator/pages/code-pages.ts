import { aheadBehind, readRefs, resolveCommit } from '../git/refs.ts'
import { readCommit } from '../git/commits.ts'
import { listTree, readBlob } from '../git/trees.ts'
import type { TreeEntry } from '../git/trees.ts'
import { notFound } from '../refusal.ts'
import { count, when } from './bits.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import { markdown } from './markdown.ts'
import type { RepositoryScene } from './scene.ts'
import { root } from './scene.ts'

/** Front page of a repository, and any folder of any branch. */
export async function treePage(scene: RepositoryScene): Promise<string> {
  const { ref, path } = await place(scene, scene.parts[0] ?? scene.repository.default_branch)
  const commit = await resolveCommit(scene.dir, ref)
  if (commit === null)
    return layout(
      scene,
      scene.repository.name,
      'code',
      html`<h1>${scene.repository.name}</h1>
        <p class="quiet">This repository is empty. Push a first commit to ${scene.machine.url}${root(scene)}.git</p>`,
    )
  const entries = await listTree(scene.dir, commit, path === '' ? '' : `${path}/`)
  const readme = entries.find((entry) => /^readme\.md$/i.test(name(entry)))
  const text = readme === undefined ? null : (await readBlob(scene.dir, readme.sha)).toString('utf8')
  const last = await readCommit(scene.dir, commit)
  return layout(
    scene,
    scene.repository.name,
    'code',
    html`<h1>${path === '' ? scene.repository.name : crumbs(scene, ref, path)}</h1>
      <p class="meta">
        ${scene.repository.description} <span class="mono">${ref}</span> · <a href="${root(scene)}/commit/${commit}">${last.message.split('\n')[0] ?? ''}</a> ${when(scene, last.committer.date)} ·
        <a href="${root(scene)}/commits/${ref}">commits</a> · <a href="${root(scene)}/branches">branches</a>
      </p>
      <p class="meta"><span class="mono">git clone ${scene.machine.url}${root(scene)}.git</span></p>
      ${files(scene, ref, entries)}${
        text === null
          ? null
          : html`<article class="note">
              <div class="by">${readme?.path ?? ''}</div>
              <div class="text">${markdown(scene, text)}</div>
            </article>`
      }`,
  )
}

function files(scene: RepositoryScene, ref: string, entries: TreeEntry[]): Html {
  const folders = entries.filter((entry) => entry.type === 'tree')
  const rest = entries.filter((entry) => entry.type !== 'tree')
  return html`<table class="plain wide">
    ${[...folders, ...rest].map((entry) => {
      const folder = entry.type === 'tree'
      return html`<tr>
        <td><a href="${root(scene)}/${folder ? 'tree' : 'blob'}/${ref}/${entry.path}">${name(entry)}${folder ? '/' : ''}</a></td>
        <td class="quiet small">${folder ? '' : `${entry.size} bytes`}</td>
      </tr>`
    })}
  </table>`
}

function name(entry: TreeEntry): string {
  return entry.path.slice(entry.path.lastIndexOf('/') + 1)
}

/** Branch names hold slashes: the longest that exists is meant, the rest is a path. */
async function place(scene: RepositoryScene, rest: string): Promise<{ ref: string; path: string }> {
  const parts = rest.split('/').filter(Boolean)
  for (let take = parts.length; take > 0; take--) {
    const ref = parts.slice(0, take).join('/')
    if ((await resolveCommit(scene.dir, ref)) !== null) return { ref, path: parts.slice(take).join('/') }
  }
  return { ref: rest, path: '' }
}

function crumbs(scene: RepositoryScene, ref: string, path: string): Html[] {
  const parts = path.split('/')
  return parts.map((part, index) => html`${index > 0 ? ' / ' : null}<a href="${root(scene)}/tree/${ref}/${parts.slice(0, index + 1).join('/')}">${part}</a>`)
}

async function fileAt(scene: RepositoryScene): Promise<{ ref: string; path: string; content: Buffer }> {
  const { ref, path } = await place(scene, scene.parts[0] ?? '')
  const commit = await resolveCommit(scene.dir, ref)
  if (commit === null) throw notFound()
  const entry = (await listTree(scene.dir, commit, path)).find((candidate) => candidate.path === path)
  if (entry === undefined || entry.type !== 'blob') throw notFound()
  return { ref, path, content: await readBlob(scene.dir, entry.sha) }
}

export async function blobPage(scene: RepositoryScene): Promise<string> {
  const { ref, path, content } = await fileAt(scene)
  const binary = content.includes(0)
  const text = content.toString('utf8')
  const shown = binary
    ? html`<p class="quiet">${count(content.length, 'byte')}, not text. <a href="${root(scene)}/raw/${ref}/${path}">Open it</a></p>`
    : path.endsWith('.md')
      ? html`<article class="note"><div class="text">${markdown(scene, text)}</div></article>`
      : html`<div class="diff">
          <table>
            ${text
              .replace(/\n$/, '')
              .split('\n')
              .map(
                (line, index) =>
                  html`<tr id="L${index + 1}">
                    <td class="n">${index + 1}</td>
                    <td>${line}</td>
                  </tr>`,
              )}
          </table>
        </div>`
  return layout(
    scene,
    path,
    'code',
    html`<h1>${crumbs(scene, ref, path)}</h1>
      <p class="meta"><span class="mono">${ref}</span> · <a href="${root(scene)}/raw/${ref}/${path}">raw</a></p>
      ${shown}`,
  )
}

const types: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', svg: 'image/svg+xml', webp: 'image/webp' }

export async function rawFile(scene: RepositoryScene): Promise<{ content: Buffer; type: string }> {
  const { path, content } = await fileAt(scene)
  return { content, type: types[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8' }
}

export async function branchesPage(scene: RepositoryScene): Promise<string> {
  const refs = [...(await readRefs(scene.dir))].filter(([ref]) => ref.startsWith('refs/heads/'))
  const main = scene.repository.default_branch
  const rows = await Promise.all(
    refs.map(async ([ref, sha]) => {
      const branch = ref.slice('refs/heads/'.length)
      const commit = await readCommit(scene.dir, sha)
      const { ahead, behind } = branch === main ? { ahead: 0, behind: 0 } : await aheadBehind(scene.dir, `refs/heads/${main}`, sha)
      return html`<li>
        <a class="title" href="${root(scene)}/tree/${branch}">${branch}</a>
        <div class="small quiet">
          ${commit.message.split('\n')[0] ?? ''} ·
          ${when(scene, commit.committer.date)}${branch === main ? ' · default' : html` · <a href="${root(scene)}/compare/${main}...${branch}">${ahead} ahead, ${behind} behind</a>`}
        </div>
      </li>`
    }),
  )
  return layout(
    scene,
    'Branches',
    'code',
    html`<h1>Branches</h1>
      <ul class="list">
        ${rows}
      </ul>`,
  )
}
