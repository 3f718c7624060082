import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { issueOf } from '../issue-record.ts'
import { findLabel } from '../label-record.ts'
import { nextId } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound, Refusal, validationFailed } from '../refusal.ts'
import { created, json, noContent, repoRoute, textParam } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { labelsOf, showLabel } from '../show/issue.ts'
import { sameName } from '../world.ts'
import type { IssueRecord, LabelRecord } from '../world.ts'
import { setLabels } from './issues.ts'

const reads = { app: ['issues:read', 'pull_requests:read'], person: 'read' } as const
const writes = { app: ['issues:write', 'pull_requests:write'], person: 'triage' } as const

const color = z.string().regex(/^[0-9a-fA-F]{6}$/)
const newLabel = z.object({ name: z.string().min(1), color: color.optional(), description: z.string().max(100).nullish() })
const labelPatch = z.object({ new_name: z.string().min(1).optional(), color: color.optional(), description: z.string().max(100).nullish() })
const name = z.union([z.string(), z.object({ name: z.string() })]).transform((label) => (typeof label === 'string' ? label : label.name))
const labelList = z.union([z.array(name), z.object({ labels: z.array(name).optional() }).transform((body) => body.labels ?? [])])

export const labelRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/labels', reads, (call) => paged(call, call.repository.labels, (label) => show(call, label))),
  repoRoute('POST /repos/{owner}/{repo}/labels', { ...writes, person: 'write' }, createLabel),
  repoRoute('GET /repos/{owner}/{repo}/labels/{name}', reads, (call) => json(show(call, labelOf(call)))),
  repoRoute('PATCH /repos/{owner}/{repo}/labels/{name}', { ...writes, person: 'write' }, updateLabel),
  repoRoute('DELETE /repos/{owner}/{repo}/labels/{name}', { ...writes, person: 'write' }, deleteLabel),
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/labels', reads, (call) => paged(call, labelsOf(call.machine, call.repository, issueOf(call)), (label) => label)),
  repoRoute('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', writes, (call) => {
    const issue = issueOf(call)
    return replaceLabels(call, issue, [...issue.labels, ...bodyOf(call, labelList)])
  }),
  repoRoute('PUT /repos/{owner}/{repo}/issues/{issue_number}/labels', writes, (call) => replaceLabels(call, issueOf(call), bodyOf(call, labelList))),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels', writes, async (call) => {
    await setLabels(call, issueOf(call), [])
    return noContent
  }),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', writes, removeLabel),
]

function show(call: RepoCall, label: LabelRecord) {
  return showLabel(call.machine, call.repository, label)
}

function labelOf(call: RepoCall): LabelRecord {
  const label = findLabel(call.repository, textParam(call, 'name'))
  if (label === undefined) throw notFound()
  return label
}

function createLabel(call: RepoCall) {
  const asked = bodyOf(call, newLabel)
  if (findLabel(call.repository, asked.name)) throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' })
  const label = { id: nextId(call.machine), name: asked.name, color: asked.color ?? 'ededed', description: asked.description ?? null, default: false }
  call.repository.labels.push(label)
  emitLabel(call, label, 'created')
  const shown = show(call, label)
  return created(shown, shown.url)
}

function updateLabel(call: RepoCall) {
  const label = labelOf(call)
  const asked = bodyOf(call, labelPatch)
  const before = label.name
  if (asked.new_name !== undefined) label.name = asked.new_name
  for (const issue of call.repository.issues) issue.labels = issue.labels.map((held) => (sameName(held, before) ? label.name : held))
  if (asked.color !== undefined) label.color = asked.color
  if (asked.description !== undefined) label.description = asked.description
  emitLabel(call, label, 'edited', before === label.name ? {} : { changes: { name: { from: before } } })
  return json(show(call, label))
}

function deleteLabel(call: RepoCall) {
  const label = labelOf(call)
  call.repository.labels = call.repository.labels.filter((candidate) => candidate !== label)
  for (const issue of call.repository.issues) issue.labels = issue.labels.filter((held) => held !== label.name)
  emitLabel(call, label, 'deleted')
  return noContent
}

function emitLabel(call: RepoCall, label: LabelRecord, action: string, more: Record<string, unknown> = {}): void {
  emit(call.machine, { event: 'label', repository: call.repository, sender: call.login, payload: { action, label: show(call, label), ...more } })
}

async function replaceLabels(call: RepoCall, issue: IssueRecord, names: string[]) {
  await setLabels(call, issue, names)
  return json(labelsOf(call.machine, call.repository, issue))
}

async function removeLabel(call: RepoCall) {
  const issue = issueOf(call)
  const gone = textParam(call, 'name')
  if (!issue.labels.some((held) => sameName(held, gone))) throw new Refusal(404, 'Label does not exist')
  return replaceLabels(
    call,
    issue,
    issue.labels.filter((held) => !sameName(held, gone)),
  )
}
