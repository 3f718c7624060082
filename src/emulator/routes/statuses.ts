import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { readCommit } from '../git/commits.ts'
import { readRefs, resolveCommit } from '../git/refs.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import { created, json, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showSimpleStatus, showStatus } from '../show/check.ts'
import { showCommit } from '../show/commit.ts'
import { repositoryUrl, showRepository } from '../show/repository.ts'
import type { StatusRecord } from '../world.ts'

const reads = { app: ['statuses:read'], person: 'read' } as const
const writes = { app: ['statuses:write'], person: 'write' } as const

const newStatus = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().optional(),
})

export const statusRoutes: Route[] = [
  repoRoute('POST /repos/{owner}/{repo}/statuses/{sha}', writes, createStatus),
  repoRoute('GET /repos/{owner}/{repo}/commits/{ref}/status', reads, combined),
  repoRoute('GET /repos/{owner}/{repo}/commits/{ref}/statuses', reads, async (call) => {
    const sha = await shaOf(call, textParam(call, 'ref'))
    const statuses = call.repository.statuses.filter((status) => status.sha === sha).toReversed()
    return paged(call, statuses, (status) => showStatus(call.machine, call.repository, status))
  }),
]

async function shaOf(call: RepoCall, ref: string): Promise<string> {
  const sha = await resolveCommit(call.dir, ref.replace(/^heads\//, ''))
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${ref}`)
  return sha
}

async function createStatus(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: creator } = call
  const asked = bodyOf(call, newStatus)
  const sha = await shaOf(call, textParam(call, 'sha'))
  const at = timestamp(machine)
  const status: StatusRecord = {
    id: nextId(machine),
    sha,
    state: asked.state,
    context: asked.context ?? 'default',
    description: asked.description ?? null,
    target_url: asked.target_url ?? null,
    creator,
    created_at: at,
    updated_at: at,
  }
  repository.statuses.push(status)
  await announce(call, status)
  const shown = showStatus(machine, repository, status)
  return created(shown, shown.url)
}

async function announce(call: RepoCall, status: StatusRecord): Promise<void> {
  const { machine, repository } = call
  const shown = showCommit(machine, repository, await readCommit(call.dir, status.sha))
  const at = [...(await readRefs(call.dir))].filter(([name, sha]) => sha === status.sha && name.startsWith('refs/heads/'))
  const branches = at.map(([name]) => ({
    name: name.slice('refs/heads/'.length),
    commit: { sha: status.sha, url: shown.url },
    protected: false,
  }))
  const { id, sha, context, description, state, target_url, created_at, updated_at } = status
  const name = `${repository.owner}/${repository.name}`
  const { avatar_url } = showSimpleStatus(machine, repository, status)
  const payload = { id, sha, name, avatar_url, target_url, context, description, state, commit: shown, branches, created_at, updated_at }
  emit(machine, { event: 'status', repository, sender: status.creator, payload })
}

async function combined(call: RepoCall): Promise<Answer> {
  const { machine, repository } = call
  const sha = await shaOf(call, textParam(call, 'ref'))
  const newest = repository.statuses.filter((status) => status.sha === sha).toReversed()
  const latest = newest.filter((status, index) => newest.findIndex((other) => other.context === status.context) === index)
  const base = repositoryUrl(machine, repository)
  return json({
    state: stateOf(latest),
    statuses: latest.map((status) => showSimpleStatus(machine, repository, status)),
    sha,
    total_count: latest.length,
    repository: showRepository(machine, repository),
    commit_url: `${base}/commits/${sha}`,
    url: `${base}/commits/${sha}/status`,
  })
}

function stateOf(statuses: StatusRecord[]): 'failure' | 'pending' | 'success' {
  if (statuses.some((status) => status.state === 'failure' || status.state === 'error')) return 'failure'
  return statuses.length > 0 && statuses.every((status) => status.state === 'success') ? 'success' : 'pending'
}
