import { describe, expect, test } from 'vitest'
import { libraryFolder, libraryOf } from '../../../src/domain/library.ts'
import { Sha } from '../../../src/domain/id.ts'
import { openStage } from './stage.ts'
import type { Manner, Stage } from './stage.ts'
import { learned } from './story.ts'

// What was learned in a milestone, on its way to the mission's branch: real git, a real server.

describe('what was learned', () => {
  test.each<Manner>(['once', 'twice'])('goes on the branch in one commit of ours, acted %s, and is nobody’s push', { timeout: 60_000 }, async (manner) => {
    await using stage = await curated(manner)
    const before = stage.mission().integration?.head
    const answer = await stage.act('CommitKnowledge')
    const head = await headOf(stage)
    expect(answer).toEqual({ type: 'KnowledgeCommitted', outcome: 'committed', head, detail: '' })
    expect(stage.mission()).toMatchObject({ phase: 'verifying', integration: { head } })
    const commit = await stage.emulator.as('mara').request<{ parents: { sha: string }[]; commit: { message: string; author: { name: string } } }>(`GET /repos/${stage.repo}/commits/${head}`)
    expect(commit).toMatchObject({
      parents: [{ sha: before }],
      commit: { message: `docs(knowledge): what agents learned\n\nMission: ${stage.mission().key}\nMilestone: m1`, author: { name: 'missions-test[bot]' } },
    })
    expect(await libraryAt(stage, head)).toEqual([
      { name: 'testing#1', topic: 'testing', text: 'The tests need a free port.', paths: ['test/'], about: 'code', from: ['mission 1 (synthesise.m1.r1)'] },
    ])
    // The sweep sees a head that the mission knows, and one that we made where it does not know it yet.
    const facts = await stage.forge.facts(stage.mission(), stage.signal)
    const unaware = await stage.forge.facts({ ...stage.mission(), integration: { branch: 'mission/1/main', head: Sha.parse('1'.repeat(40)), open: true } }, stage.signal)
    expect([...facts, ...unaware].filter((fact) => fact.fact === 'head_moved')).toEqual([])
  })

  test('goes on top of what a person pushed meanwhile, entries of theirs included', { timeout: 60_000 }, async () => {
    await using stage = await curated('once')
    const theirs = await stage.emulator.as('mara').commitFile(stage.repo, 'mission/1/main', `${libraryFolder}/testing.md`, '# Testing\n\n- Never mock the clock.\n')
    expect(await stage.act('CommitKnowledge')).toEqual({ type: 'KnowledgeCommitted', outcome: 'moved', head: theirs, detail: '' })
    expect(stage.pending('CommitKnowledge').head).toBe(theirs)
    await stage.act('CommitKnowledge')
    expect((await libraryAt(stage, await headOf(stage))).map((entry) => entry.text)).toEqual(['Never mock the clock.', 'The tests need a free port.'])
  })

  test('is answered by a repeat after the machine stopped between push and answer', { timeout: 60_000 }, async () => {
    await using stage = await curated('once')
    const act = stage.pending('CommitKnowledge')
    const first = await stage.forge.perform(act, stage.mission(), stage.signal)
    expect(await stage.forge.perform(act, stage.mission(), stage.signal)).toEqual(first)
    // Told of a push on top of ours before our own answer: nothing is written twice.
    const theirs = await stage.emulator.as('mara').commitFile(stage.repo, 'mission/1/main', 'NOTES.md', 'Seen.\n')
    stage.tell({ type: 'HeadMoved', by: 'mara', branch: 'mission/1/main', sha: theirs })
    expect(await stage.act('CommitKnowledge')).toEqual({ type: 'KnowledgeCommitted', outcome: 'committed', head: theirs, detail: '' })
    expect(await headOf(stage)).toBe(theirs)
  })

  test('stays out where something else stands in its place, and the mission goes on', { timeout: 60_000 }, async () => {
    await using stage = await curated('once', { '.missions': 'a file of somebody\n' })
    expect(await stage.act('CommitKnowledge')).toMatchObject({ outcome: 'refused', detail: '.missions is not a folder there.' })
    expect(stage.mission()).toMatchObject({ phase: 'verifying', curations: [{ is: 'given_up', why: 'GitHub did not take the commit: .missions is not a folder there.' }] })
  })
})

async function curated(manner: Manner, files: Record<string, string> = {}): Promise<Stage> {
  const stage = await openStage(manner)
  await learned(stage, files)
  return stage
}

async function headOf(stage: Stage): Promise<Sha> {
  return Sha.parse((await stage.emulator.as('mara').request<{ commit: { sha: string } }>(`GET /repos/${stage.repo}/branches/mission/1/main`)).commit.sha)
}

async function libraryAt(stage: Stage, at: Sha) {
  return libraryOf(await stage.workspaces.read(stage.ref, at, libraryFolder))
}
