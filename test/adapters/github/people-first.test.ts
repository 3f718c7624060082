import { describe, expect, test } from 'vitest'
import { aProof } from '../../support/builders.ts'
import { ForgeRefused } from '../../../src/ports/forge.ts'
import { openStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { approved, agent, confirmed, findings, handedOff, lines, passAndMerge, planned, understood, writePlan } from './story.ts'

const branch = 'mission/1/f1-feature-1'

test('a marker that a person pasted hides nothing: the act is still done', async () => {
  await using stage = await openStage()
  const name = stage.pending('Acknowledge').id
  await stage.emulator.as('mara').comment(stage.repo, stage.issue, stage.markers.sign(stage.ref.id, name, 'I was here first'))
  await stage.act('Acknowledge')
  const comments = await stage.emulator.as('mara').comments(stage.repo, stage.issue)
  expect(comments.map((comment) => comment.user.login)).toEqual(['mara', 'missions-test[bot]'])
})

test('a new revision keeps the issues it can, and closes what the plan no longer has', async () => {
  await using stage = await openStage()
  await planned(stage)
  const before = stage.mission()
  stage.tell({ type: 'CommandGiven', by: 'mara', comment: 5, issue: stage.issue, created_at: new Date().toISOString(), command: { name: 'revise-plan', text: 'One feature is enough.' } })
  writePlan(stage, 1)
  await stage.act('Respond')
  await stage.act('PublishPlan')
  const after = stage.mission()
  expect([after.tracking_issue, after.features[0]?.issue]).toEqual([before.tracking_issue, before.features[0]?.issue])
  expect(after.published?.plan_hash).not.toBe(before.published?.plan_hash)
  const dropped = await stage.emulator.as('mara').issue(stage.repo, before.features[1]?.issue ?? 0)
  expect([dropped.state, dropped.state_reason]).toEqual(['closed', 'not_planned'])
  const notices = (await stage.emulator.as('mara').comments(stage.repo, stage.issue)).filter((comment) => comment.body?.includes('approve plan'))
  expect(notices).toHaveLength(2)
})

test('of two issues that two processes made at once the older stays, the other is closed', async () => {
  await using stage = await openStage()
  await understood(stage)
  writePlan(stage, 1)
  const name = `${stage.mission().key}.tracking`
  const octokit = stage.clients.octokitFor(stage.ref)
  const body = stage.markers.sign(stage.ref.id, name, 'Plan')
  for (let i = 0; i < 2; i++) await octokit.rest.issues.create({ owner: 'acme', repo: 'rooms', title: 'Plan', body })
  expect(await stage.act('PublishPlan')).toMatchObject({ tracking_issue: 2 })
  const [older, twin] = [await stage.emulator.as('mara').issue(stage.repo, 2), await stage.emulator.as('mara').issue(stage.repo, 3)]
  expect([older.state, twin.state, twin.state_reason]).toEqual(['open', 'closed', 'not_planned'])
})

test('a deleted comment wants no answer', async () => {
  await using stage = await openStage()
  await understood(stage)
  stage.tell({ type: 'CommandGiven', by: 'mara', comment: 987_654, issue: stage.issue, created_at: new Date().toISOString(), command: { name: 'status' } })
  expect(await stage.act('Respond')).toEqual({ type: 'Responded' })
})

describe('a feature’s branch', () => {
  test('that somebody else pushed stops us, and stays as it is', async () => {
    await using stage = await openStage()
    await approved(stage)
    await handedOff(stage, 1, { 'server.js': lines(3, 'ours') })
    await pushAs(stage, branch, 'theirs.js')
    const refusal = await stage.act('PublishFeature').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ForgeRefused)
    expect(refusal).toMatchObject({ trouble: 'foreign_head' })
    expect(String(refusal)).toMatch(/Nothing was overwritten/)
    expect((await stage.emulator.dump()).repositories[0]?.issues.some((issue) => issue.pull !== null)).toBe(false)
  })

  test('from which a person opened the pull request: theirs is adopted, its words are kept', async () => {
    await using stage = await openStage()
    await approved(stage)
    const head = await handedOff(stage, 1, { 'server.js': lines(3, 'ours') })
    await stage.workspaces.push({ repository: stage.ref, branch, sha: head, expected: null })
    const theirs = await stage.emulator.as('mara').openPull(stage.repo, { title: 'I was quicker', head: branch, base: 'main' })
    expect(await stage.act('PublishFeature')).toMatchObject({ pull: theirs.number, head })
    const now = await stage.emulator.as('mara').pull(stage.repo, theirs.number)
    expect([now.title, now.base.ref]).toEqual(['I was quicker', 'mission/1/main'])
  })

  test('with nothing on it opens no pull request, and says so', async () => {
    await using stage = await openStage()
    await approved(stage)
    const run = stage.mission().pending.find((effect) => effect.type === 'StartRun' && effect.task.task === 'build')
    const handoff = {
      summary: 'Nothing was left to do.',
      implemented: ['nothing'],
      left_undone: [],
      commands: [],
      tests_added: [],
      tests_changed: [],
      exemptions: [],
      issues: [],
      knowledge: [],
      deviations: [],
    }
    agent(stage, 'build', { type: 'FeatureHandedOff', feature: 'f1', head: stage.mission().base_sha, handoff, proof: aProof() })
    expect(run).toBeDefined()
    const refusal = await stage.act('PublishFeature').catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ForgeRefused)
    expect(String(refusal)).toMatch(/holds nothing that mission\/1\/main does not have/)
  })

  test('that GitHub refuses to take gives its exact reason', async () => {
    await using stage = await openStage()
    await approved(stage)
    await handedOff(stage, 1, { 'server.js': lines(3, 'ours') })
    stage.emulator.faults.add({ do: 'refuse_push', match: 'GIT receive-pack', message: 'push declined due to repository rule violations' })
    const refusal = await stage.act('PublishFeature').catch((error: unknown) => error)
    expect(refusal).toMatchObject({ trouble: 'push_refused' })
    expect(String(refusal)).toMatch(/repository rule violations/)
  })
})

describe('a review', () => {
  test('of a head that a person has moved keeps its words', async () => {
    await using stage = await openStage()
    await published(stage)
    agent(stage, 'review', { type: 'FeatureReviewed', feature: 'f1', report: { summary: 'Read it all.', results: [], findings } })
    await stage.emulator.as('mara').commitFile(stage.repo, branch, 'server.js', 'all new\n')
    confirmed(stage)
    await stage.act('PostReview')
    const review = (await stage.emulator.dump()).repositories[0]?.reviews.at(0)
    expect(review?.body).toContain('elsewhere.md')
    expect((await stage.emulator.dump()).repositories[0]?.reviews.filter((candidate) => candidate.body !== '')).toHaveLength(1)
  })
})

describe('a merge', () => {
  test('where merge commits are forbidden is a squash under our message and trailers', async () => {
    await using stage = await openStage()
    stage.emulator.setRepository(stage.repo, { allow_merge_commit: false })
    await published(stage)
    await passAndMerge(stage, 'f1')
    const { commit } = await stage.emulator.as('mara').request<{ commit: { message: string } }>(`GET /repos/acme/rooms/commits/mission%2F1%2Fmain`)
    const key = stage.mission().key
    expect(commit.message).toBe(`Merge f1: Feature 1 (#5)\n\nMission: ${key}\nFeature: f1\nAssertions: VAL-API-001\nAgent-Run: ${key}.build.f1.a1\nModel: model-x`)
  })

  test('of a head that moved is refused with the head that is there', async () => {
    await using stage = await openStage()
    await ready(stage)
    const theirs = await stage.emulator.as('mara').commitFile(stage.repo, branch, 'theirs.js', 'x\n')
    expect(await stage.forge.perform(stage.pending('MergeFeature'), stage.mission(), stage.signal)).toMatchObject({ type: 'MergeRefused', reason: 'head_moved', head: theirs })
  })

  test('that conflicts is refused as a conflict', async () => {
    await using stage = await openStage()
    await ready(stage)
    await stage.emulator.as('mara').commitFile(stage.repo, 'mission/1/main', 'server.js', 'something else\n')
    expect(await stage.forge.perform(stage.pending('MergeFeature'), stage.mission(), stage.signal)).toMatchObject({ type: 'MergeRefused', reason: 'conflict' })
  })

  test('that the repository’s rules forbid is refused in their words', async () => {
    await using stage = await openStage()
    await ready(stage)
    stage.emulator.protect(stage.repo, 'mission/1/main', { required_checks: ['build'] })
    expect(await stage.forge.perform(stage.pending('MergeFeature'), stage.mission(), stage.signal)).toMatchObject({
      type: 'MergeRefused',
      reason: 'forbidden',
      detail: expect.stringContaining('"build" is expected'),
    })
  })

  test('that a person did already counts', async () => {
    await using stage = await openStage()
    await ready(stage)
    const { sha } = await stage.emulator.as('mara').merge(stage.repo, 5)
    expect(await stage.act('MergeFeature')).toEqual({ type: 'FeatureMerged', feature: 'f1', sha })
    expect((await stage.emulator.as('mara').issue(stage.repo, 3)).state).toBe('closed')
  })
})

test('cancelling closes what is open as not planned, keeps branches, and takes the label away', async () => {
  await using stage = await openStage()
  await published(stage)
  stage.tell({ type: 'CommandGiven', by: 'mara', comment: 6, issue: stage.issue, created_at: new Date().toISOString(), command: { name: 'cancel' } })
  await stage.act('Respond')
  await stage.act('CloseMission')
  const [repository] = (await stage.emulator.dump()).repositories
  expect(repository?.issues.map(({ number, state, state_reason, labels }) => ({ number, state, state_reason, mission: labels.includes('mission') }))).toEqual([
    { number: 1, state: 'open', state_reason: null, mission: false },
    { number: 2, state: 'closed', state_reason: 'not_planned', mission: false },
    { number: 3, state: 'closed', state_reason: 'not_planned', mission: false },
    { number: 4, state: 'closed', state_reason: 'not_planned', mission: false },
    { number: 5, state: 'closed', state_reason: null, mission: false },
  ])
  expect(Object.keys(repository?.refs ?? {})).toContain(`refs/heads/${branch}`)
})

async function published(stage: Stage): Promise<void> {
  await approved(stage)
  await handedOff(stage, 1, { 'server.js': lines(20, 'first') })
  await stage.act('PublishFeature')
}

/** Up to the merge itself. */
async function ready(stage: Stage): Promise<void> {
  await published(stage)
  agent(stage, 'review', { type: 'FeatureReviewed', feature: 'f1', report: { summary: 'Read it all.', results: [], findings: [] } })
  await stage.act('PostReview')
  const integrate = stage.pending('IntegrateFeature')
  stage.tell({ type: 'FeatureIntegrated', answers: integrate.id, feature: 'f1', outcome: 'clean', head: integrate.head, output: '' })
  const wait = stage.pending('AwaitChecks')
  stage.tell({ type: 'ChecksConcluded', answers: wait.id, sha: wait.sha, conclusion: 'none', failing: [], base_head: null })
}

async function pushAs(stage: Stage, name: string, file: string): Promise<void> {
  await stage.emulator.as('mara').request('POST /repos/acme/rooms/git/refs', { ref: `refs/heads/${name}`, sha: stage.mission().base_sha })
  await stage.emulator.as('mara').commitFile(stage.repo, name, file, 'theirs\n')
}
