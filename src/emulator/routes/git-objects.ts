import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { readCommit, writeCommit } from '../git/commits.ts'
import { resolveCommit } from '../git/refs.ts'
import { git, GitFailed } from '../git/run.ts'
import { listTree, readBlob, treeWith, writeBlob } from '../git/trees.ts'
import type { TreeEntry } from '../git/trees.ts'
import { notFound, Refusal } from '../refusal.ts'
import { created, json, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showGitCommit } from '../show/commit.ts'
import { repositoryUrl } from '../show/repository.ts'
import { nodeId, noreply } from '../show/user.ts'

const reads = { app: ['contents:read'], person: 'read' } as const
const writes = { app: ['contents:write'], person: 'write' } as const

export const gitObjectRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', reads, async (call) => {
    const sha = await resolveCommit(call.dir, textParam(call, 'commit_sha'))
    if (sha === null) throw notFound()
    return json(showGitCommit(call.machine, call.repository, await readCommit(call.dir, sha)))
  }),
  repoRoute('POST /repos/{owner}/{repo}/git/commits', writes, createCommit),
  repoRoute('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', reads, async (call) => {
    const sha = await objectOf(call, `${textParam(call, 'tree_sha')}^{tree}`)
    const entries = await listTree(call.dir, sha, '', { recursive: call.query.has('recursive') })
    return json(showTree(call, sha, entries))
  }),
  repoRoute('POST /repos/{owner}/{repo}/git/trees', writes, createTree),
  repoRoute('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', reads, async (call) => {
    const sha = await objectOf(call, `${textParam(call, 'file_sha')}^{blob}`)
    const content = await readBlob(call.dir, sha)
    const url = `${repositoryUrl(call.machine, call.repository)}/git/blobs/${sha}`
    return json({ sha, node_id: nodeId('B', call.repository.id), size: content.length, url, content: content.toString('base64'), encoding: 'base64' })
  }),
  repoRoute('POST /repos/{owner}/{repo}/git/blobs', writes, createBlob),
]

async function objectOf(call: RepoCall, expression: string): Promise<string> {
  try {
    return (await git(call.dir, ['rev-parse', '--verify', '--quiet', '--end-of-options', expression])).trim().split('\n').at(-1) ?? ''
  } catch (error) {
    if (error instanceof GitFailed) throw notFound()
    throw error
  }
}

function showTree(call: RepoCall, sha: string, entries: TreeEntry[]) {
  const base = `${repositoryUrl(call.machine, call.repository)}/git`
  return {
    sha,
    url: `${base}/trees/${sha}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.type === 'blob' ? { size: entry.size } : {}),
      ...(entry.type === 'commit' ? {} : { url: `${base}/${entry.type}s/${entry.sha}` }),
    })),
    truncated: false,
  }
}

const newBlob = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).optional() })

async function createBlob(call: RepoCall): Promise<Answer> {
  const { content, encoding } = bodyOf(call, newBlob)
  const sha = await writeBlob(call.dir, Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'))
  const url = `${repositoryUrl(call.machine, call.repository)}/git/blobs/${sha}`
  return created({ sha, url }, url)
}

const newTree = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
      type: z.enum(['blob', 'tree', 'commit']).optional(),
      sha: z.string().nullish(),
      content: z.string().optional(),
    }),
  ),
})

async function createTree(call: RepoCall): Promise<Answer> {
  const asked = bodyOf(call, newTree)
  const entries: { path: string; mode: string; sha: string | null }[] = []
  for (const { path, mode, sha, content } of asked.tree) {
    entries.push({ path, mode, sha: content === undefined ? (sha ?? null) : await writeBlob(call.dir, Buffer.from(content)) })
  }
  const tree = await refusingBadObjects(() => treeWith(call.dir, asked.base_tree ?? null, entries))
  const shown = showTree(call, tree, await listTree(call.dir, tree, ''))
  return created(shown, shown.url)
}

async function refusingBadObjects<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof GitFailed) throw new Refusal(422, 'GitRPC::BadObjectState')
    throw error
  }
}

const person = z.object({ name: z.string(), email: z.string(), date: z.string().optional() })
const newCommit = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).optional(),
  author: person.optional(),
  committer: person.optional(),
})

async function createCommit(call: RepoCall): Promise<Answer> {
  const { machine, repository, dir } = call
  const asked = bodyOf(call, newCommit)
  const own = noreply(machine, call.login)
  const author = { ...own, ...asked.author, date: asked.author?.date ?? own.date }
  const committer = { ...author, ...asked.committer, date: asked.committer?.date ?? author.date }
  const sha = await refusingBadObjects(() => writeCommit(dir, { tree: asked.tree, parents: asked.parents ?? [], message: asked.message, author, committer }))
  const shown = showGitCommit(machine, repository, await readCommit(dir, sha))
  return created(shown, shown.url)
}
