import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Mission } from '../../src/domain/mission.ts'
import { startEmulator } from '../../src/emulator/emulator.ts'
import { conversation, type Conversation } from '../../src/local/conversation.ts'
import { openTerminal } from '../../src/local/terminal.ts'
import { until } from '../../src/stage/processes.ts'
import * as story from '../domain/views/stories.ts'

const repo = 'local/rooms'
const working: Mission = { ...story.asked, phase: 'contracting' }

interface Talk extends AsyncDisposable {
  /** How the mission stands now; what a comment brought about is in its journal. */
  stands(mission: Mission, heard?: number[]): ReturnType<Conversation['look']>
  type(line: string): Promise<void>
  /** All comments of the person, oldest first. */
  comments(): Promise<string[]>
  said(): string
  /** The same conversation in a new process. */
  restarted(): Talk
  later(ms: number): void
  pull(): Promise<{ number: number; sha: string }>
  emulator: Awaited<ReturnType<typeof startEmulator>>
}

/** A person at a terminal, the pages, and a mission whose state the test tells. */
async function talk(unattended = false): Promise<Talk> {
  const dir = await mkdtemp(join(tmpdir(), 'talk-'))
  const emulator = await startEmulator({ data_dir: dir, webhook: null, app: { id: 7, slug: 'missions' } })
  emulator.addUser('you')
  await emulator.addRepository({ owner: 'local', name: 'rooms' })
  emulator.addCollaborator(repo, 'you', 'admin')
  emulator.addCollaborator(repo, 'wren', 'write')
  const person = emulator.as('you')
  await person.createIssue(repo, { title: 'x' })
  let passed = 0
  const begin = (): Talk => {
    const out = Object.assign(new PassThrough(), { columns: 100 })
    let said = ''
    out.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const terminal = openTerminal({ out, input: null, typed: () => {}, ended: () => {} })
    const one = conversation({ person, repo, url: `${emulator.url}/${repo}`, issue: 1, terminal, unattended, now: () => Date.now() + passed })
    return {
      emulator,
      stands: (mission, heard = []) => one.look({ mission, events: new Set(heard.map((id) => `comment/${id}`)) }),
      type: (line) => one.typed(line),
      comments: async () => (await person.comments(repo, 1)).map(({ body }) => body),
      said: () => said,
      restarted: begin,
      later: (ms) => void (passed += ms),
      async pull() {
        const sha = await (async () => {
          const main = await person.request<{ object: { sha: string } }>(`GET /repos/${repo}/git/ref/heads/main`)
          await person.request(`POST /repos/${repo}/git/refs`, { ref: 'refs/heads/work', sha: main.object.sha })
          return person.commitFile(repo, 'work', 'a.txt', 'a\n')
        })()
        const { number } = await emulator.as('wren').openPull(repo, { title: 'x', head: 'work', base: 'main' })
        return { number, sha }
      },
      async [Symbol.asyncDispose]() {
        await emulator[Symbol.asyncDispose]()
        await rm(dir, { recursive: true, force: true })
      },
    }
  }
  return begin()
}

test('questions come one by one; Enter takes what is proposed; the answers are one comment', async () => {
  await using at = await talk()
  await at.stands(story.asked)
  expect(at.said()).toContain('1. May two bookings touch')
  expect(at.said()).toContain('Enter takes: Yes.')
  expect(at.said()).not.toContain('2. What should happen')
  await at.type('')
  expect(at.said()).toContain('2. What should happen')
  await at.type('it starts empty')
  expect(await at.comments()).toEqual(['1. Take the default.\n2. it starts empty'])
  // Looked at again before anything came of it, and in a new process: not asked twice.
  await at.stands(story.asked)
  const again = at.restarted()
  await again.stands(story.asked)
  expect(again.said()).not.toContain('Enter takes')
})

test('what somebody answers on the page is not asked any more', async () => {
  await using at = await talk()
  await at.stands(story.asked)
  await at.stands(working)
  expect(at.said()).toContain('The questions were answered on the page.')
  await at.type('too late')
  expect(at.said()).toContain('Nothing is asked now.')
  expect(await at.comments()).toEqual([])
})

test('words that nobody takes up are asked for again', async () => {
  await using at = await talk()
  await at.stands(story.asked)
  await at.type('')
  await at.type('')
  at.later(61_000)
  const before = at.said().length
  await at.stands(story.asked)
  expect(at.said().slice(before)).toContain('1. May two bookings touch')
})

test.each([
  ['approve', '/approve-plan a41f07c5'],
  ['Approve --cap 20', '/approve-plan a41f07c5 --cap 20'],
  ['revise keep the old API', '/revise-plan keep the old API'],
  ['cancel', '/cancel'],
  ['/budget 30', '/budget 30'],
])('at a plan, %s says %s', async (line, comment) => {
  await using at = await talk()
  await at.stands(story.plan)
  expect(at.said()).toContain('Approve? Plan a41f')
  await at.type(line)
  expect(await at.comments()).toEqual([comment])
})

test.each(['', 'approved?', 'revise', 'cancel that', 'yes please'])('at a plan, %j decides nothing and is asked again', async (line) => {
  await using at = await talk()
  await at.stands(story.plan)
  await at.type(line)
  expect(await at.comments()).toEqual([])
})

test('a command that is heard and changes nothing leaves the question', async () => {
  await using at = await talk()
  await at.stands(story.plan)
  await at.type('/status')
  const { id } = (await at.emulator.as('you').comments(repo, 1))[0] ?? { id: 0 }
  await at.stands(story.plan, [id])
  await at.type('approve')
  expect(await at.comments()).toEqual(['/status', '/approve-plan a41f07c5'])
})

test('a halt shows what happened and takes the command; other words are none', async () => {
  await using at = await talk()
  await at.stands(story.outOfRounds)
  expect(at.said()).toContain('milestone 1 used its last round')
  expect(at.said()).toContain('/waive VAL-DATA-001 <reason>')
  await at.type('go on')
  expect(at.said()).toContain('they begin with a slash')
  await at.type('/resume')
  expect(await at.comments()).toEqual(['/resume'])
})

test('a feature that waits for a person is approved by a review of just that commit', async () => {
  await using at = await talk()
  const { number, sha } = await at.pull()
  const waiting = { ...story.waitingForReview, features: story.waitingForReview.features.map((f) => (f.status === 'merging' ? { ...f, pull: number, head: sha as typeof f.head } : f)) }
  await at.stands(waiting)
  expect(at.said()).toContain('Its risk is medium')
  await at.type('approve')
  const reviews = await at.emulator.as('you').request<{ state: string; commit_id: string }[]>(`GET /repos/${repo}/pulls/${number}/reviews`)
  expect(reviews).toMatchObject([{ state: 'APPROVED', commit_id: sha }])
  // Not asked again in a new process either.
  const again = at.restarted()
  await again.stands(waiting)
  expect(again.said()).not.toContain('Its risk is medium')
})

test('a green mission is taken on Enter, left on no, and taken later', async () => {
  await using at = await talk()
  const { number, sha } = await at.pull()
  const m = story.readyToMerge
  const green: Mission = {
    ...m,
    delivery: { ...m.delivery, pull: number, checked: sha as typeof m.delivery.checked },
    integration: m.integration && { ...m.integration, head: sha as typeof m.integration.head },
  }
  await at.stands(green)
  await at.type('n')
  expect(at.said()).toContain('Type take when you want it')
  await at.stands(green)
  await at.type('take')
  expect((await at.emulator.as('you').pull(repo, number)).merged).toBe(true)
  // Not asked again while the app has not heard of it, in this process or the next.
  const again = at.restarted()
  await again.stands(green)
  expect(again.said()).not.toContain('Ready to merge')
  expect(await again.stands(story.done)).toMatchObject({ is: 'over' })
})

test('unattended: defaults, approval; a halt that needs a person ends it, one that needs nobody does not', async () => {
  await using at = await talk(true)
  await at.stands(story.asked)
  await at.stands(working)
  await at.stands(
    story.plan,
    (await at.emulator.as('you').comments(repo, 1)).map(({ id }) => id),
  )
  expect(await at.comments()).toEqual(['Take the defaults.', '/approve-plan a41f07c5'])
  const hold = (reason: Mission['holds'][number]['reason']): Mission => ({ ...story.building, holds: [{ n: 9, since: story.building.last_event_at, reason }] })
  const heard = (await at.emulator.as('you').comments(repo, 1)).map(({ id }) => id)
  expect(await at.stands(hold({ why: 'paused', by: 'you' }), heard)).toBeNull()
  await at.stands(working, heard)
  expect(await at.stands(story.outOfRounds, heard)).toEqual({ is: 'stuck' })
})

test('on a terminal the view is drawn in place, and lines typed beside it are heard', async () => {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 60 })
  const input = new PassThrough()
  let said = ''
  out.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const heard: string[] = []
  let ended = 0
  using terminal = openTerminal({ out, input, typed: (line) => void heard.push(line), ended: () => void ended++ })
  terminal.say(['a line that is longer than the terminal is wide and so goes on below it', '- a point that is longer than the terminal is wide, too'])
  expect(said).toContain('a line that is longer than the terminal is wide and so goes\non below it\n- a point that is longer than the terminal is wide, too\n')
  terminal.prompt('approve> ')
  input.write('approve\r')
  await until('the line', async () => heard.length > 0)
  expect(heard).toEqual(['approve'])
  input.write('\u0003')
  await until('Ctrl-C', async () => ended > 0)
})
