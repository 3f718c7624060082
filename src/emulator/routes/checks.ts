import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { readCommit } from '../git/commits.ts'
import { readRefs, resolveCommit } from '../git/refs.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged, pagedUnder } from '../paging.ts'
import { notFound, Refusal } from '../refusal.ts'
import { created, idParam, json, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { repositoryHtml } from '../show/repository.ts'
import { showCheckRun, showCheckSuite } from '../show/check.ts'
import { conclusions } from '../world.ts'
import type { CheckRunRecord, CheckSuiteRecord } from '../world.ts'

const reads = { app: ['checks:read'], person: 'read' } as const
const writes = { app: ['checks:write'], person: 'read' } as const

const annotation = z.object({
  path: z.string(),
  start_line: z.int(),
  end_line: z.int(),
  annotation_level: z.enum(['notice', 'warning', 'failure']),
  message: z.string(),
  title: z.string().optional(),
  raw_details: z.string().optional(),
})
const output = z.object({
  title: z.string().optional(),
  summary: z.string().max(65_535).optional(),
  text: z.string().max(65_535).optional(),
  annotations: z.array(annotation).max(50).optional(),
})
const changes = z.object({
  name: z.string().min(1).optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  started_at: z.string().optional(),
  conclusion: z.enum(conclusions).optional(),
  completed_at: z.string().optional(),
  output: output.optional(),
})
type Changes = z.infer<typeof changes>
const newRun = changes.extend({ name: z.string().min(1), head_sha: z.string() })

export const checkRoutes: Route[] = [
  repoRoute('POST /repos/{owner}/{repo}/check-runs', writes, createRun),
  repoRoute('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', reads, (call) => json(show(call, runOf(call)))),
  repoRoute('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', writes, updateRun),
  repoRoute('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', reads, (call) =>
    paged(call, runOf(call).output.annotations, (note) => ({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      blob_href: `${repositoryHtml(call.machine, call.repository)}/blob/${runOf(call).head_sha}/${note.path}`,
      ...note,
    })),
  ),
  repoRoute('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', reads, listRuns),
  repoRoute('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', reads, listSuites),
  repoRoute('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', reads, async (call) => {
    const id = idParam(call, 'check_suite_id')
    const suite = call.repository.check_suites.find((candidate) => candidate.id === id)
    if (suite === undefined) throw notFound()
    return json(await showSuite(call, suite))
  }),
]

function show(call: RepoCall, run: CheckRunRecord) {
  return showCheckRun(call.machine, call.repository, run)
}

async function showSuite(call: RepoCall, suite: CheckSuiteRecord) {
  return showCheckSuite(call.machine, call.repository, suite, await readCommit(call.dir, suite.head_sha))
}

function runOf(call: RepoCall): CheckRunRecord {
  const id = idParam(call, 'check_run_id')
  const run = call.repository.check_runs.find((candidate) => candidate.id === id)
  if (run === undefined) throw notFound()
  return run
}

async function createRun(call: RepoCall): Promise<Answer> {
  const { machine, repository, actor } = call
  const asked = bodyOf(call, newRun)
  if (actor.kind !== 'installation') throw new Refusal(403, 'You must authenticate via a GitHub App.')
  if (!/^[0-9a-f]{40}$/.test(asked.head_sha) || (await resolveCommit(call.dir, asked.head_sha)) === null) {
    throw new Refusal(422, `No commit found for SHA: ${asked.head_sha}`)
  }
  const run: CheckRunRecord = {
    id: nextId(machine),
    suite_id: (await suiteFor(call, actor.app.id, asked.head_sha)).id,
    app_id: actor.app.id,
    name: asked.name,
    head_sha: asked.head_sha,
    external_id: '',
    details_url: null,
    status: 'queued',
    conclusion: null,
    started_at: timestamp(machine),
    completed_at: null,
    output: { title: null, summary: null, text: null, annotations: [] },
  }
  change(call, run, asked)
  repository.check_runs.push(run)
  emitRun(call, run, 'created')
  if (run.status === 'completed') await completed(call, run)
  const shown = show(call, run)
  return created(shown, shown.url)
}

/** One suite for each app and commit. */
async function suiteFor(call: RepoCall, app_id: number, head_sha: string): Promise<CheckSuiteRecord> {
  const { machine, repository } = call
  const known = repository.check_suites.find((suite) => suite.app_id === app_id && suite.head_sha === head_sha)
  if (known !== undefined) return known
  const [ref] = [...(await readRefs(call.dir))].find(([name, sha]) => sha === head_sha && name.startsWith('refs/heads/')) ?? []
  const at = timestamp(machine)
  const suite = { id: nextId(machine), app_id, head_sha, head_branch: ref?.slice('refs/heads/'.length) ?? null, created_at: at, updated_at: at }
  repository.check_suites.push(suite)
  return suite
}

async function updateRun(call: RepoCall): Promise<Answer> {
  const run = runOf(call)
  const asked = bodyOf(call, changes)
  if (call.actor.kind !== 'installation' || call.actor.app.id !== run.app_id)
    throw new Refusal(403, 'Invalid app_id `' + String(run.app_id) + '` - check run can only be modified by the GitHub App that created it.')
  const before = run.status
  change(call, run, asked)
  if (run.status === 'completed' && before !== 'completed') await completed(call, run)
  return json(show(call, run))
}

function change(call: RepoCall, run: CheckRunRecord, asked: Changes): void {
  if (asked.status === 'completed' && asked.conclusion === undefined && run.conclusion === null) {
    throw new Refusal(422, 'Invalid request.\n\nMissing required keys "conclusion".')
  }
  run.name = asked.name ?? run.name
  run.details_url = asked.details_url ?? run.details_url
  run.external_id = asked.external_id ?? run.external_id
  run.started_at = asked.started_at ?? run.started_at
  run.status = asked.conclusion === undefined ? (asked.status ?? run.status) : 'completed'
  // Started again: the old conclusion no longer holds.
  run.conclusion = run.status === 'completed' ? (asked.conclusion ?? run.conclusion) : null
  run.completed_at = run.status === 'completed' ? (asked.completed_at ?? run.completed_at ?? timestamp(call.machine)) : null
  if (asked.output === undefined) return
  run.output = {
    title: asked.output.title ?? run.output.title,
    summary: asked.output.summary ?? run.output.summary,
    text: asked.output.text ?? run.output.text,
    annotations: [...run.output.annotations, ...(asked.output.annotations ?? [])],
  }
}

async function completed(call: RepoCall, run: CheckRunRecord): Promise<void> {
  const { machine, repository, login: sender } = call
  emitRun(call, run, 'completed')
  const suite = repository.check_suites.find((candidate) => candidate.id === run.suite_id)
  if (suite === undefined || repository.check_runs.some((other) => other.suite_id === suite.id && other.status !== 'completed')) return
  suite.updated_at = timestamp(machine)
  const { repository: _, ...check_suite } = await showSuite(call, suite)
  emit(machine, { event: 'check_suite', repository, sender, payload: { action: 'completed', check_suite } })
}

function emitRun(call: RepoCall, run: CheckRunRecord, action: string): void {
  const { machine, repository, login: sender } = call
  const suite = repository.check_suites.find((candidate) => candidate.id === run.suite_id)
  if (suite === undefined) return
  const shown = show(call, run)
  const runs = repository.check_runs.filter((other) => other.suite_id === suite.id)
  const check_suite = {
    id: suite.id,
    node_id: `CS_${suite.id}`,
    head_branch: suite.head_branch,
    head_sha: suite.head_sha,
    status: runs.every((other) => other.status === 'completed') ? 'completed' : 'in_progress',
    conclusion: null,
    url: `${repositoryHtml(machine, repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.head_sha,
    pull_requests: shown.pull_requests,
    app: shown.app,
    created_at: suite.created_at,
    updated_at: suite.updated_at,
  }
  emit(machine, { event: 'check_run', repository, sender, payload: { action, check_run: { ...shown, check_suite } } })
}

async function shaOf(call: RepoCall): Promise<string> {
  const ref = textParam(call, 'ref').replace(/^heads\//, '')
  const sha = await resolveCommit(call.dir, ref)
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${ref}`)
  return sha
}

async function listRuns(call: RepoCall): Promise<Answer> {
  const sha = await shaOf(call)
  const [name, status, app_id] = [call.query.get('check_name'), call.query.get('status'), call.query.get('app_id')]
  const runs = call.repository.check_runs
    .filter((run) => run.head_sha === sha && (name === null || run.name === name) && (status === null || run.status === status))
    .filter((run) => app_id === null || String(run.app_id) === app_id)
    .toReversed()
  const latest = runs.filter((run, index) => runs.findIndex((other) => other.name === run.name && other.suite_id === run.suite_id) === index)
  return pagedUnder(call, 'check_runs', call.query.get('filter') === 'all' ? runs : latest, (run) => show(call, run))
}

async function listSuites(call: RepoCall): Promise<Answer> {
  const sha = await shaOf(call)
  const suites = call.repository.check_suites.filter((suite) => suite.head_sha === sha)
  const shown = await Promise.all(suites.map((suite) => showSuite(call, suite)))
  return pagedUnder(call, 'check_suites', shown, (suite) => suite)
}
