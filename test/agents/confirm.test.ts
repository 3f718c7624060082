import { describe, expect, test } from 'vitest'
import { FindingId, MilestoneId, type Sha } from '../../src/domain/id.ts'
import type { Task } from '../../src/domain/effect.ts'
import { aFeature, aFeatureState, aFinding, aHandoff, aProof, effect, f } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { hear, part, type Step } from './script.ts'
import { world, type World } from './world.ts'

const wrong = 'export const next = () => 1\n'
const first = 'review.f1.r1-1'

function confirming(base: Sha, head: Sha): Extract<Task, { task: 'confirm' }> {
  return { task: 'confirm', feature: f(1), milestone: null, round: 1, base, head, findings: [FindingId.parse(first)], found_by: effect('review.f1.r1') }
}

/** A feature that was handed off with a counter that stays at one, and a finding that says so. */
async function reviewed(steps: Step[]): Promise<World & { head: Sha }> {
  const here = await world({ 'confirm.f1.r1': steps })
  const head = await here.remote.write('mission/7/f1-count', { 'count.js': wrong }, 'main')
  here.mission.features = [
    aFeatureState(aFeature(1, { title: 'Count from one', brief: 'The counter begins at one and goes on.', covers: here.mission.contract?.assertions.map((a) => a.id) ?? [], touches: ['count.js'] }), {
      handoff: aHandoff({ summary: 'Counts from one now.' }),
      proof: aProof(),
    }),
  ]
  const finding = {
    severity: 'blocking' as const,
    what: 'A second call gives 1 again.',
    place: { path: 'count.js', line: 1 },
    evidence: [{ kind: 'command' as const, text: 'HOW THE FIRST CAME TO IT' }],
  }
  here.mission.findings = [aFinding(first, { finding }), aFinding('review.f1.r1-2', { finding: { ...finding, what: 'Nobody asked about this one.' } })]
  return Object.assign(here, { head })
}

const word = (outcome: string, text: string | null, finding = first) =>
  uses('submit', { confirmations: [{ finding, outcome, note: 'I called it twice and looked.', evidence: text === null ? [] : [{ kind: 'command', text }] }] }, `s-${outcome}-${text?.length ?? 0}`)
const tries = uses('bash', { command: `node -e "import('/work/count.js').then(({ next }) => console.log('called twice:', next(), next()))"` }, 'b1')
const printed = 'called twice: 1 1'

describe('a second look at a finding', () => {
  test('is given all that the finding may rest on, and nothing of how the first came to it', async () => {
    await using here = await reviewed([[tries], [word('confirmed', `$ node -e …\n${printed}`)]])
    const { base, head } = here
    const outcome = await here.run('confirm.f1.r1', confirming(base, head))
    expect(outcome).toMatchObject({ body: { type: 'FindingsConfirmed', confirmations: [{ finding: first, outcome: 'confirmed', evidence: [{ text: expect.stringContaining(printed) }] }] } })

    const { message, system, tools } = hear(here.requests[0])
    expect(system.startsWith('# Scrutiny: confirm or refuse findings\n')).toBe(true)
    expect(tools).toEqual(['bash', 'read', 'glob', 'grep', 'submit'])
    expect(JSON.parse(part(message, 'findings'))).toEqual([{ id: first, severity: 'blocking', what: 'A second call gives 1 again.', place: { path: 'count.js', line: 1 } }])
    expect(message).not.toContain('HOW THE FIRST CAME TO IT')
    expect(part(message, 'features')).toContain('The counter begins at one and goes on.')
    expect(part(message, 'assertions')).toContain('A user asks for /next twice')
    expect(part(message, 'handoff')).toContain('Counts from one now.')
    expect(part(message, 'proof')).toContain('"red"')
    expect(part(message, 'checks')).toMatch(/test: node --test -> exit 0/)
    expect(part(message, 'diff')).toContain('+export const next = () => 1')
    // Each part that the prompt names is there.
    for (const name of ['procedures', 'boundaries', 'conventions']) expect(part(message, name)).not.toBe('')
    expect(hear(here.requests[1]).results[0]?.text).toContain(printed)
  })

  test.each<[string, Step[], RegExp]>([
    [
      'refuses without a look',
      [[word('not_confirmed', 'called twice: 1 2')], [tries], [word('confirmed', printed)]],
      /no line of its evidence stands in what your tools returned in this run\. Look before you answer\./,
    ],
    ['refuses by a line of the diff that it was given', [[word('not_confirmed', wrong)], [tries], [word('confirmed', printed)]], /Look before you answer/],
    [
      'invents what was printed',
      [[tries], [word('confirmed', 'called twice: 1 2')], [word('confirmed', printed)]],
      /stands in what your tools returned, nor in the diff\. Quote it as it was printed\./,
    ],
    ['gives no evidence', [[tries], [word('not_confirmed', null)], [word('confirmed', printed)]], /has no evidence; quote what you tried and what it printed/],
    [
      'answers about another finding',
      [[tries], [word('confirmed', printed, 'review.f1.r1-2')], [word('confirmed', printed)]],
      /review\.f1\.r1-1 is answered 0 times.*\n.*review\.f1\.r1-2 was not asked about/,
    ],
  ])('that %s is sent back', async (_, steps, sentence) => {
    await using here = await reviewed(steps)
    const outcome = await here.run('confirm.f1.r1', confirming(here.base, here.head))
    const answers = here.requests.flatMap((request) =>
      hear(request)
        .results.filter((r) => r.error)
        .map((r) => r.text),
    )
    expect(answers).toEqual([expect.stringMatching(sentence)])
    expect(outcome).toMatchObject({ body: { type: 'FindingsConfirmed', confirmations: [{ outcome: 'confirmed' }] } })
  })

  test('may confirm by the line itself, where nothing has to be run', async () => {
    await using here = await reviewed([[word('confirmed', `count.js:1\n${wrong}`)]])
    expect(await here.run('confirm.f1.r1', confirming(here.base, here.head))).toMatchObject({ body: { type: 'FindingsConfirmed' } })
  })

  test('of a milestone sees all its features, and no claims', async () => {
    await using here = await reviewed([[tries], [word('not_confirmed', printed)]])
    const task = { ...confirming(here.base, here.head), feature: null, milestone: MilestoneId.parse('m1') }
    expect(await here.run('confirm.f1.r1', task)).toMatchObject({ body: { type: 'FindingsConfirmed', confirmations: [{ outcome: 'not_confirmed' }] } })
    const { message } = hear(here.requests[0])
    expect(part(message, 'features')).toContain('Count from one')
    expect([part(message, 'handoff'), part(message, 'proof')]).toEqual(['none', 'none'])
  })
})
