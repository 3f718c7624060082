import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { isAncestor, isValidRef, readRefs, resolveCommit } from '../git/refs.ts'
import { git, GitFailed } from '../git/run.ts'
import { paged } from '../paging.ts'
import { moveRef } from '../ref-changes.ts'
import { notFound, Refusal } from '../refusal.ts'
import { created, json, noContent, repoRoute, textParam } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { repositoryUrl } from '../show/repository.ts'
import { nodeId } from '../show/user.ts'

const reads = { app: ['contents:read'], person: 'read' } as const
const writes = { app: ['contents:write'], person: 'write' } as const

export const refRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/git/ref/{ref}', reads, async (call) => {
    const ref = fullName(call)
    const sha = (await readRefs(call.dir)).get(ref)
    if (sha === undefined) throw notFound()
    return json(await showRef(call, ref, sha))
  }),
  repoRoute('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', reads, async (call) => {
    const found = [...(await readRefs(call.dir))].filter(([name]) => name.startsWith(fullName(call)))
    const shown = await Promise.all(found.map(([name, sha]) => showRef(call, name, sha)))
    return paged(call, shown, (ref) => ref)
  }),
  repoRoute('POST /repos/{owner}/{repo}/git/refs', writes, createRef),
  repoRoute('PATCH /repos/{owner}/{repo}/git/refs/{ref}', writes, updateRef),
  repoRoute('DELETE /repos/{owner}/{repo}/git/refs/{ref}', writes, deleteRef),
]

function fullName(call: RepoCall): string {
  return `refs/${textParam(call, 'ref').replace(/^refs\//, '')}`
}

async function showRef(call: RepoCall, ref: string, sha: string) {
  const type = (await git(call.dir, ['cat-file', '-t', sha])).trim()
  const base = `${repositoryUrl(call.machine, call.repository)}/git`
  return {
    ref,
    node_id: nodeId('REF', call.repository.id),
    url: `${base}/${ref}`,
    object: { sha, type, url: `${base}/${type}s/${sha}` },
  }
}

const sha = z.string().regex(/^[0-9a-f]{40}$/)
const newRef = z.object({ ref: z.string(), sha: z.string() })

async function createRef(call: RepoCall) {
  const { ref, sha: to } = bodyOf(call, newRef)
  const valid = /^refs\/(heads|tags)\/./.test(ref) && (await isValidRef(call.dir, ref))
  if (!valid) throw new Refusal(422, `${ref} is not a valid ref name.`)
  if (!sha.safeParse(to).success || (await resolveCommit(call.dir, to)) === null) throw new Refusal(422, 'Object does not exist')
  if ((await readRefs(call.dir)).has(ref)) throw new Refusal(422, 'Reference already exists')
  await move(call, ref, to)
  const shown = await showRef(call, ref, to)
  return created(shown, shown.url)
}

const refPatch = z.object({ sha: z.string(), force: z.boolean().optional() })

async function updateRef(call: RepoCall) {
  const ref = fullName(call)
  const { sha: to, force = false } = bodyOf(call, refPatch)
  const from = (await readRefs(call.dir)).get(ref)
  if (from === undefined) throw new Refusal(422, 'Reference does not exist')
  if ((await resolveCommit(call.dir, to)) === null) throw new Refusal(422, 'Object does not exist')
  if (!force && !(await isAncestor(call.dir, from, to))) throw new Refusal(422, 'Update is not a fast forward')
  await move(call, ref, to)
  return json(await showRef(call, ref, to))
}

async function deleteRef(call: RepoCall) {
  const ref = fullName(call)
  if (!(await readRefs(call.dir)).has(ref)) throw new Refusal(422, 'Reference does not exist')
  await move(call, ref, null)
  return noContent
}

async function move(call: RepoCall, ref: string, to: string | null): Promise<void> {
  try {
    await moveRef({ machine: call.machine, repository: call.repository, sender: call.login }, ref, to)
  } catch (error) {
    // A branch `a` refuses a branch `a/b` beside it.
    if (error instanceof GitFailed) throw new Refusal(422, 'Reference update failed')
    throw error
  }
}
