import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { readCommit, writeCommit } from '../git/commits.ts'
import { resolveBranch, resolveCommit } from '../git/refs.ts'
import { listTree, readBlob, treeWith, writeBlob } from '../git/trees.ts'
import type { TreeEntry } from '../git/trees.ts'
import { moveRef } from '../ref-changes.ts'
import { notFound, Refusal } from '../refusal.ts'
import { json, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showGitCommit } from '../show/commit.ts'
import { repositoryHtml, repositoryUrl } from '../show/repository.ts'
import { noreply } from '../show/user.ts'

const reads = { app: ['contents:read'], person: 'read' } as const
const writes = { app: ['contents:write'], person: 'write' } as const

export const contentRoutes: Route[] = [repoRoute('GET /repos/{owner}/{repo}/contents/{path}', reads, getContent), repoRoute('PUT /repos/{owner}/{repo}/contents/{path}', writes, putContent)]

/** Of a larger file GitHub tells all but the content; its blob has that. */
const inline_bytes = 1_048_576

async function getContent(call: RepoCall): Promise<Answer> {
  const ref = call.query.get('ref') ?? call.repository.default_branch
  const commit = await resolveCommit(call.dir, ref)
  if (commit === null) throw call.query.has('ref') ? new Refusal(404, `No commit found for the ref ${ref}`) : new Refusal(404, 'This repository is empty.')
  const path = textParam(call, 'path').replace(/^\/+|\/+$/g, '')
  const entry = path === '' ? null : (await listTree(call.dir, commit, path)).find((candidate) => candidate.path === path)
  if (entry === undefined) throw notFound()
  if (entry === null || entry.type === 'tree') {
    const entries = await listTree(call.dir, commit, path === '' ? '' : `${path}/`)
    return json(entries.map((child) => showEntry(call, child, ref)))
  }
  const content = await readBlob(call.dir, entry.sha)
  if (String(call.headers.accept).includes('raw')) {
    return { status: 200, text: { content, type: 'application/vnd.github.v3.raw; charset=utf-8' } }
  }
  if (content.length > inline_bytes) return json({ ...showEntry(call, entry, ref), content: '', encoding: 'none' })
  return json({ ...showEntry(call, entry, ref), content: lines(content.toString('base64')), encoding: 'base64' })
}

/** GitHub breaks base64 after 60 characters. */
function lines(base64: string): string {
  return base64.replace(/.{1,60}/g, '$&\n')
}

function showEntry(call: RepoCall, entry: TreeEntry, ref: string) {
  const base = repositoryUrl(call.machine, call.repository)
  const html = repositoryHtml(call.machine, call.repository)
  const name = entry.path.split('/').map(encodeURIComponent).join('/')
  const type = entry.type === 'tree' ? 'dir' : entry.type === 'commit' ? 'submodule' : entry.mode === '120000' ? 'symlink' : 'file'
  const url = `${base}/contents/${name}?ref=${encodeURIComponent(ref)}`
  const git_url = `${base}/git/${entry.type}s/${entry.sha}`
  const html_url = `${html}/${type === 'dir' ? 'tree' : 'blob'}/${ref}/${name}`
  return {
    name: entry.path.slice(entry.path.lastIndexOf('/') + 1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url,
    html_url,
    git_url,
    download_url: type === 'dir' ? null : `${html}/raw/${ref}/${name}`,
    type,
    _links: { self: url, git: git_url, html: html_url },
  }
}

const person = z.object({ name: z.string(), email: z.string(), date: z.string().optional() })
const newContent = z.object({
  message: z.string(),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: person.optional(),
  committer: person.optional(),
})

/** One file, one commit; also the first commit of an empty repository. */
async function putContent(call: RepoCall): Promise<Answer> {
  const { machine, repository, dir, login } = call
  const asked = bodyOf(call, newContent)
  const path = textParam(call, 'path')
  const branch = asked.branch ?? repository.default_branch
  const head = await resolveBranch(dir, branch)
  if (head === null && asked.branch !== undefined) throw new Refusal(404, `Branch ${branch} not found`)
  const existing = head === null ? undefined : (await listTree(dir, head, path)).find((entry) => entry.path === path)
  if (existing !== undefined && asked.sha === undefined) throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`)
  if (asked.sha !== undefined && asked.sha !== existing?.sha) throw new Refusal(409, `${path} does not match ${asked.sha}`)
  const sha = await writeBlob(dir, Buffer.from(asked.content, 'base64'))
  const tree = await treeWith(dir, head, [{ path, mode: existing?.mode ?? '100644', sha }])
  const own = noreply(machine, login)
  const author = { ...own, ...asked.author, date: asked.author?.date ?? own.date }
  const committer = { ...author, ...asked.committer, date: asked.committer?.date ?? author.date }
  const commit = await writeCommit(dir, { tree, parents: head === null ? [] : [head], message: asked.message, author, committer })
  await moveRef({ machine, repository, sender: login }, `refs/heads/${branch}`, commit)
  const [entry] = await listTree(dir, commit, path)
  if (entry === undefined) throw new Error(`${path} is missing from its own commit`)
  return json({ content: showEntry(call, entry, branch), commit: showGitCommit(machine, repository, await readCommit(dir, commit)) }, existing === undefined ? 201 : 200)
}
