import { expect, test } from 'vitest'
import { missionKey } from '../../src/domain/id.ts'
import type { Append, Journal } from '../../src/ports/journal.ts'
import { commented, entry, wake } from './journal-entries.ts'

const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })

/** What every Journal keeps. `make` gives two handles on one empty store: two processes. */
export function journalContract(name: string, make: () => Promise<{ journal: Journal; other: Journal } & AsyncDisposable>): void {
  test(`${name}: an empty journal has nothing`, async () => {
    await using store = await make()
    const { journal } = store
    expect(await journal.read(key)).toEqual([])
    expect(await journal.length(key)).toBe(0)
    expect(await journal.outbox(key)).toEqual([])
    expect(await journal.live()).toEqual([])
    expect(await journal.all()).toEqual([])
    expect(await journal.latest(81234, 7)).toBeNull()
  })

  test(`${name}: events come back whole and in order, in another process too`, async () => {
    await using store = await make()
    const events = [commented('comment/1'), commented('comment/2', 'päivää 👋 "quoted"\n</details>'), commented('comment/3')]
    for (const [n, event] of events.entries()) expect(await store.journal.append(entry(key, n, event))).toBe('appended')
    expect(await store.other.read(key)).toEqual(events)
    expect(await store.other.length(key)).toBe(3)
  })

  test(`${name}: an append for another length is a conflict and changes nothing`, async () => {
    await using store = await make()
    const { journal } = store
    await journal.append({ ...entry(key, 0, commented('comment/1')), issued: [wake(key, 1)] })
    for (const length of [0, 2]) expect(await journal.append({ ...entry(key, length, commented('comment/2')), issued: [wake(key, 2)], settled: [wake(key, 1).id], live: false })).toBe('conflict')
    expect(await journal.length(key)).toBe(1)
    expect(await journal.outbox(key)).toEqual([wake(key, 1)])
    expect(await journal.live()).toEqual([key])
  })

  test(`${name}: a conflict on a new mission leaves no trace of it`, async () => {
    await using store = await make()
    expect(await store.journal.append(entry(key, 3, commented('comment/1')))).toBe('conflict')
    expect([await store.journal.all(), await store.journal.live(), await store.journal.latest(81234, 7)]).toEqual([[], [], null])
  })

  test(`${name}: an event id counts once, whatever length is expected, and only in its own mission`, async () => {
    await using store = await make()
    const { journal } = store
    const elsewhere = missionKey({ repository_id: 81234, issue: 8, k: 1 })
    await journal.append(entry(key, 0, commented('comment/1')))
    expect(await journal.append({ ...entry(key, 1, commented('comment/1', 'again')), issued: [wake(key, 1)] })).toBe('seen')
    expect(await journal.append(entry(key, 0, commented('comment/1')))).toBe('seen')
    expect(await journal.append(entry(elsewhere, 0, commented('comment/1')))).toBe('appended')
    expect(await journal.read(key)).toEqual([commented('comment/1')])
    expect(await journal.outbox(key)).toEqual([])
  })

  test(`${name}: the outbox holds issued effects in order of issue until they are settled`, async () => {
    await using store = await make()
    const { journal, other } = store
    const effects = Array.from({ length: 12 }, (_, n) => wake(key, n + 1))
    await journal.append({ ...entry(key, 0, commented('comment/1')), issued: effects.slice(0, 3) })
    await journal.append({ ...entry(key, 1, commented('comment/2')), issued: effects.slice(3), settled: [wake(key, 2).id] })
    expect(await other.outbox(key)).toEqual(effects.filter((effect) => effect.id !== wake(key, 2).id))
    await journal.append({ ...entry(key, 2, commented('comment/3')), settled: effects.slice(1).map((effect) => effect.id) })
    expect(await other.outbox(key)).toEqual([wake(key, 1)])
  })

  test(`${name}: an effect issued again while pending keeps its place; settled and issued at once it goes behind`, async () => {
    await using store = await make()
    const { journal } = store
    const [first, second] = [wake(key, 1), wake(key, 2)]
    await journal.append({ ...entry(key, 0, commented('comment/1')), issued: [first, second] })
    await journal.append({ ...entry(key, 1, commented('comment/2')), issued: [{ ...first, why: 'sooner' }] })
    expect(await journal.outbox(key)).toEqual([{ ...first, why: 'sooner' }, second])
    await journal.append({ ...entry(key, 2, commented('comment/3')), issued: [first], settled: [first.id] })
    expect(await journal.outbox(key)).toEqual([second, first])
  })

  test(`${name}: live, all and latest follow the missions`, async () => {
    await using store = await make()
    const { journal } = store
    const again = missionKey({ repository_id: 81234, issue: 7, k: 2 })
    const tenth = missionKey({ repository_id: 81234, issue: 7, k: 10 })
    const elsewhere = missionKey({ repository_id: 5, issue: 7, k: 1 })
    for (const mission of [key, tenth, again, elsewhere]) await journal.append(entry(mission, 0, commented('comment/1')))
    await journal.append({ ...entry(key, 1, commented('comment/2')), live: false })
    expect((await journal.live()).sort()).toEqual([elsewhere, again, tenth].sort())
    expect(await journal.all()).toEqual([key, tenth, again, elsewhere])
    expect([await journal.latest(81234, 7), await journal.latest(5, 7), await journal.latest(8123, 47)]).toEqual([tenth, elsewhere, null])
    await journal.append({ ...entry(key, 2, commented('comment/3')), live: true })
    expect((await journal.live()).sort()).toEqual([key, elsewhere, again, tenth].sort())
  })

  test(`${name}: of fifty appends at one length one wins`, async () => {
    await using store = await make()
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? store.journal : store.other).append({ ...entry(key, 0, commented(`comment/${n}`)), issued: [wake(key, n)] })))
    expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(49)
    const [winner] = await store.journal.read(key)
    expect(await store.journal.outbox(key)).toEqual([wake(key, outcomes.indexOf('appended'))])
    expect(winner?.id).toBe(`comment/${outcomes.indexOf('appended')}`)
  })

  test(`${name}: two appenders that race with the same facts write each once`, async () => {
    await using store = await make()
    const facts = Array.from({ length: 40 }, (_, n) => `comment/${n}`)
    await Promise.all([store.journal, store.other].map((journal, n) => appendAll(journal, n ? facts : facts.toReversed())))
    const events = await store.journal.read(key)
    expect(events.map((event) => event.id).sort()).toEqual(facts.sort())
    expect(await store.other.outbox(key)).toEqual(events.map((_, n) => wake(key, n)))
  })

  test(`${name}: what was handed in or out can be changed without changing the journal`, async () => {
    await using store = await make()
    const given: Append = { ...entry(key, 0, commented('comment/1')), issued: [wake(key, 1)] }
    await store.journal.append(given)
    given.event.hash = 'changed'
    ;(await store.journal.read(key)).pop()
    ;(await store.journal.outbox(key)).pop()
    expect(await store.journal.read(key)).toEqual([commented('comment/1')])
    expect(await store.journal.outbox(key)).toEqual([wake(key, 1)])
  })
}

/** As a process does it: on a conflict it reads again. Effects carry the position, so that lost ones would show. */
async function appendAll(journal: Journal, facts: string[]): Promise<void> {
  for (const fact of facts) {
    let outcome: string
    do {
      const length = await journal.length(key)
      outcome = await journal.append({ ...entry(key, length, commented(fact)), issued: [wake(key, length)] })
    } while (outcome === 'conflict')
  }
}
