import { describe, expect, test } from 'vitest'
import type { EffectOf } from '../../../src/domain/effect.ts'
import { Sha } from '../../../src/domain/id.ts'
import { openWeb, secret } from '../../web/web.ts'
import { webhookPath } from '../../../src/web/server.ts'
import type { RawFact } from '../../../src/ports/forge.ts'
import { openStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { approved, handedOff, lines, wholeMission } from './story.ts'

const branch = 'mission/1/f1-feature-1'

describe('checks', () => {
  test('of a repository without any are absent', async () => {
    await using stage = await openStage()
    expect(await stage.forge.checks(stage.mission(), await waiting(stage), stage.signal)).toEqual({ state: 'absent' })
  })

  test('count as runs and as statuses; red ones are told when all have ended, with what they said', async () => {
    await using stage = await openStage()
    const wait = await waiting(stage)
    const ci = stage.emulator.ci('acme')
    const state = () => stage.forge.checks(stage.mission(), wait, stage.signal)
    await ci.checkRun(stage.repo, { name: 'test', head_sha: wait.sha, conclusion: 'failure', output: { title: '2 tests fail', summary: 'rooms.test.js:12' } })
    await ci.request(`POST /repos/acme/rooms/statuses/${wait.sha}`, { state: 'pending', context: 'lint' })
    expect(await state()).toEqual({ state: 'pending' })
    await ci.request(`POST /repos/acme/rooms/statuses/${wait.sha}`, { state: 'failure', context: 'lint', description: 'unused variable' })
    expect(await state()).toMatchObject({
      state: 'failure',
      failing: [
        { name: 'test', summary: '2 tests fail\nrooms.test.js:12' },
        { name: 'lint', summary: 'unused variable', url: '' },
      ],
    })
    await ci.request(`POST /repos/acme/rooms/statuses/${wait.sha}`, { state: 'success', context: 'lint' })
    await ci.checkRun(stage.repo, { name: 'test', head_sha: wait.sha, conclusion: 'success' })
    expect((await state()).state).toBe('success')
  })

  test('of our own making do not count', async () => {
    await using stage = await openStage()
    const wait = await waiting(stage)
    const act: EffectOf<'ReportValidation'> = { ...wait, type: 'ReportValidation', sha: wait.sha, conclusion: 'failure' }
    await stage.forge.perform(act, stage.mission(), stage.signal)
    expect(await stage.forge.checks(stage.mission(), wait, stage.signal)).toEqual({ state: 'absent' })
  })

  test('of a pull request that conflicts: the conflict comes first, with the head it conflicts with', async () => {
    await using stage = await openStage()
    const wait = await waiting(stage)
    const base_head = await stage.emulator.as('mara').commitFile(stage.repo, 'mission/1/main', 'server.js', 'something else\n')
    expect(await stage.forge.checks(stage.mission(), wait, stage.signal)).toEqual({ state: 'conflict', base_head })
  })
})

test('the sweep tells the same facts under the same ids as the webhooks did', { timeout: 60_000 }, async () => {
  await using web = await openWeb()
  await using stage = await openStage('once', { webhook: { url: `${web.url}${webhookPath}`, secret } })
  await waiting(stage)
  const mara = stage.emulator.as('mara')
  const tracking = stage.mission().tracking_issue ?? 0
  await mara.comment(stage.repo, stage.issue, 'All of them, please.')
  await mara.comment(stage.repo, tracking, '/status')
  await mara.comment(stage.repo, 5, '/help')
  await mara.review(stage.repo, 5, { event: 'APPROVE', body: 'Good.' })
  await mara.commitFile(stage.repo, branch, 'theirs.js', 'x\n')
  await mara.commitFile(stage.repo, 'mission/1/main', 'more.md', 'x\n')
  await mara.unlabel(stage.repo, stage.issue, 'mission')
  await mara.close(stage.repo, stage.issue)
  await stage.emulator.idle()
  const byId = (facts: RawFact[]) => new Map(facts.map(({ at: _at, ...fact }) => [fact.id, fact]))
  // The label is why there is a mission; nobody has to be told again.
  const heard = byId(web.taken.filter((fact) => fact.fact !== 'labelled'))
  const swept = byId(await stage.forge.facts(stage.mission(), stage.signal))
  expect([...heard.values()].map((fact) => fact.fact).toSorted()).toEqual(['commented', 'commented', 'commented', 'commented', 'head_moved', 'head_moved', 'issue_closed', 'reviewed', 'unlabelled'])
  expect(Object.fromEntries(swept)).toEqual(Object.fromEntries(heard))
})

test('a pull request that a person closed, and one that a person merged, are swept under the webhook’s id', async () => {
  await using web = await openWeb()
  await using stage = await openStage('once', { webhook: { url: `${web.url}${webhookPath}`, secret } })
  await waiting(stage)
  await stage.emulator.as('mara').merge(stage.repo, 5)
  await stage.emulator.idle()
  const heard = web.taken.filter((fact) => fact.fact === 'pull_closed')
  const swept = (await stage.forge.facts(stage.mission(), stage.signal)).filter((fact) => fact.fact === 'pull_closed')
  expect(swept).toEqual(heard)
  expect(swept).toMatchObject([{ fact: 'pull_closed', pull: 5, by: 'mara', merge_sha: expect.stringMatching(/^[0-9a-f]{40}$/) }])
})

test('of a mission that went by the book the sweep has nothing to tell but what people said', { timeout: 90_000 }, async () => {
  await using stage = await openStage()
  await wholeMission(stage)
  const facts = await stage.forge.facts(stage.mission(), stage.signal)
  expect(facts.map((fact) => fact.fact).toSorted()).toEqual(['commented', 'issue_closed', 'pull_closed'])
})

test('an edited comment says nothing: what it was is gone', async () => {
  let later_ms = 0
  await using stage = await openStage('once', { clock: () => Date.now() + later_ms })
  const { id } = await stage.emulator.as('mara').comment(stage.repo, stage.issue, '/status')
  expect((await stage.forge.facts(stage.mission(), stage.signal)).map((fact) => fact.id)).toEqual([`comment/${id}`])
  later_ms = 5_000
  await stage.emulator.as('mara').editComment(stage.repo, id, '/cancel')
  expect(await stage.forge.facts(stage.mission(), stage.signal)).toEqual([])
})

test('what a person may do is asked live; triage is reading', async () => {
  await using stage = await openStage()
  const of = (login: string) => stage.forge.permission(stage.ref, login)
  for (const [login, role] of [
    ['tina', 'triage'],
    ['max', 'maintain'],
    ['rita', 'read'],
  ] as const)
    stage.emulator.addCollaborator(stage.repo, login, role)
  expect([await of('acme'), await of('mara'), await of('max'), await of('tina'), await of('rita'), await of('nobody-at-all')]).toEqual(['admin', 'write', 'write', 'read', 'read', 'none'])
  stage.emulator.addCollaborator(stage.repo, 'mara', 'read')
  expect(await of('mara')).toBe('read')
})

test('a refusal is said once', async () => {
  await using stage = await openStage()
  for (let i = 0; i < 2; i++) await stage.forge.refuse(stage.ref, stage.issue, { marker: 'refusal.rita.1', text: 'Only people who may write here can ask.' })
  const comments = await stage.emulator.as('mara').comments(stage.repo, stage.issue)
  expect(comments).toHaveLength(1)
})

test('what must be known before a mission starts', async () => {
  await using stage = await openStage()
  expect(await stage.forge.intake(stage.ref, stage.issue)).toEqual({
    labelled: true,
    by_us: false,
    head: expect.stringMatching(/^[0-9a-f]{40}$/),
    default_branch: 'main',
    title: 'No double bookings',
    body: 'Please.',
    author: 'mara',
  })
  const empty = await stage.emulator.addRepository({ owner: 'acme', name: 'empty', empty: true })
  await stage.emulator.as('acme').createIssue('acme/empty', { title: 'A thing' })
  expect(await stage.forge.intake({ ...stage.ref, id: empty.id, name: 'empty' }, 1)).toMatchObject({ labelled: false, head: null, body: '' })
})

test('pages are drawn when they change, and cost nothing when they do not', async () => {
  await using stage = await openStage()
  await waiting(stage)
  await stage.forge.project(stage.mission(), stage.signal)
  const before = stage.emulator.calls()
  await stage.forge.project(stage.mission(), stage.signal)
  expect(stage.emulator.calls()).toEqual(before)
  const labels = (await stage.emulator.as('mara').issue(stage.repo, 3)).labels.map((label) => label.name)
  expect(labels).toEqual(['mission-feature', 'mission: reviewing'])
})

/** A feature published, and the wait for its checks. */
async function waiting(stage: Stage): Promise<EffectOf<'AwaitChecks'>> {
  await approved(stage)
  const head = await handedOff(stage, 1, { 'server.js': lines(20, 'first') })
  await stage.act('PublishFeature')
  const { id, at } = stage.mission().pending[0] ?? stage.pending('StartRun')
  return {
    id,
    at,
    type: 'AwaitChecks',
    subject: { of: 'feature', feature: stage.mission().features[0]?.feature.id ?? stage.pending('PublishFeature').feature },
    sha: Sha.parse(head),
    grace_ms: 0,
    deadline_ms: 0,
  }
}
