import { describe, expect, it } from 'vitest'
import { borneOut } from '../../src/domain/borne.ts'
import type { Look } from '../../src/domain/borne.ts'
import { evidenceItem } from '../../src/domain/evidence.ts'
import { countable, firstFit } from '../../src/domain/seek.ts'
import { Shown } from '../../src/domain/shown.ts'

function items(...texts: string[]) {
  return texts.map((text) => {
    const read = evidenceItem(text)
    if ('problem' in read) throw new Error(read.problem)
    return read
  })
}
const looks = (...made: (Record<string, unknown> & { counts?: boolean; failures?: string[] })[]): Look[] =>
  made.map(({ counts = true, failures = [], ...shown }, i) => ({ n: i + 1, counts, failures, shown: Shown.parse({ tool: 'http', text: '', ...shown }) }))
const got = (path: string, text: string, status = 200) => ({ text, requests: [{ method: 'GET', path, status }] })
const ran = (text: string, exit: number | null = 0, over: object = {}) => ({ tool: 'command', text, exit, ...over })
const page = (text: string, over: object = {}) => ({ tool: 'browser', text, ...over })
const deleted = { requests: [{ method: 'DELETE', path: '/x/1', status: 204 }] }

describe('an absence', () => {
  const bookings = 'absent("Tom" in response(GET /x -> 200))'
  it.each([
    ['is borne out by an answer that shows the rest', looks(got('/x', '[{"holder":"Ines"}]')), null],
    ['or an empty list', looks(got('/x', '[]')), null],
    ['not by one that shows it', looks(got('/x', '[{"holder":"Tom Lee"}]')), 'call 1 shows it: "[{"holder":"Tom Lee"}]"'],
    ['nor by one that shows it in other letters', looks(got('/x', '[{"holder":"\\u0054OM"}]')), 'call 1 shows it: "[{"holder":"TOM"}]"'],
    ['nor by an empty answer', looks(got('/x', '')), 'call 1 showed nothing at all, from which nothing can be missing'],
    ['nor by another address, or none', looks(got('/health', 'ok')), 'no call showed what it is to be looked for in'],
    ['nor by a failed one', looks(got('/x', 'sorry', 500)), 'no call showed what it is to be looked for in'],
    ['nor by a list that was narrowed', looks(got('/x?room=none', '[]')), 'no call showed what it is to be looked for in'],
    ['nor by half of an answer', looks({ ...got('/x', '[{"holder":"Ines"},'), partial: true }), 'call 1 showed only a part, and the rest may hold it; ask for less, or close what covers it'],
    ['nor by a call that does not count', looks({ ...got('/x', '[]'), counts: false }), 'no call showed what it is to be looked for in'],
  ])('%s', (_, calls, problem) => {
    expect(borneOut(items(bookings), calls)).toEqual([{ by: problem === null ? [0] : [], problem }])
  })

  it.each([
    ['a command that went well', ran('Bookings\nOak Ines'), null],
    ['not one that broke off', ran('Bookings\n', 1), 'call 1 ended with exit 1, so it does not tell what a working product shows'],
    ['nor one that was killed', ran('Bookings\n', null), 'call 1 was killed before it had shown all'],
    ['nor one that printed something else', ran('usage: list'), 'no call showed what it is to be looked for in'],
    ['nor one that prints it on two lines', ran('Bookings\nOak T\nom'), 'call 1 shows it: "Tom"'],
  ])('of a command is borne out by %s', (_, call, problem) => {
    expect(borneOut(items('absent("Tom" in output(Bookings))'), looks(call))[0]?.problem).toBe(problem)
  })

  it('of a refused command is looked for under the exit code that the contract names', () => {
    const wanted = items('exit(2)', 'absent("at Object" in output(no room Attic))')
    expect(borneOut(wanted, looks(ran('no room Attic', 2))).map((b) => b.problem)).toEqual([null, null])
    expect(borneOut(wanted, looks(ran('no room Attic', 2), ran('no room Attic', 0))).map((b) => b.by)).toEqual([[0], [0]])
    expect(borneOut(wanted, looks(ran('no room Attic\n  at Object.<anonymous>', 2)))[1]?.problem).toBe('call 1 shows it: "at Object.<anonymous>"')
  })

  it('on a page needs a page that loaded whole, with all it asked for', () => {
    const wanted = items('absent("Tom" in page(Bookings))')
    const problem = (...calls: Parameters<typeof looks>) => borneOut(wanted, looks(...calls))[0]?.problem
    expect(problem(page('- heading "Bookings"'))).toBe(null)
    expect(problem(page('- heading "Bookings"', { failures: ['GET /api/x -> 500'] }))).toContain('a request had failed (GET /api/x -> 500)')
    expect(problem(page('dialog: confirm “Bookings”', { partial: true }))).toContain('showed only a part')
    expect(problem(page('- text: nothing here'))).toBe('no call showed what it is to be looked for in')
  })

  it('comes after what the list names before it', () => {
    const wanted = items('response(DELETE /x/* -> 204)', bookings)
    const list = got('/x', '[]')
    expect(borneOut(wanted, looks(list))[1]?.problem).toBe('the items above it have not been shown yet, and it counts only after them')
    expect(borneOut(wanted, looks(list, deleted))[1]?.problem).toBe('it was looked for only before the items above it had been shown; look again after that')
    expect(borneOut(wanted, looks(list, deleted, list)).map((b) => b.by)).toEqual([[1], [2]])
    expect(borneOut(wanted, looks(deleted, got('/x', 'Tom'), list, got('/x', 'Tom'))).map((b) => b.by)).toEqual([[0], [2]])
  })

  it('of a file is about that file', () => {
    const wanted = items('absent("Tom" in file(a.csv, has "Oak"))')
    const file = (name: string, text: string, over: object = {}) => ({ name, path: name, sha256: '', text, ...over })
    const problem = (...files: object[]) => borneOut(wanted, looks(ran('Tom', 0, { files })))[0]?.problem
    expect(problem(file('a.csv', 'Oak;Ines'), file('b.csv', 'Tom'))).toBe(null)
    expect(problem(file('a.csv', 'Oak;Tom'))).toBe('call 1 shows it: "Oak;Tom"')
    expect(problem(file('a.csv', 'Oak', { partial: true }))).toContain('showed only a part')
    expect(problem(file('a.csv', ''))).toBe('no call showed what it is to be looked for in')
  })
})

describe('a count', () => {
  const of = (item: string, text: string) => borneOut(items(item), looks(ran(text)))[0]?.problem
  it('is of lines that hold anything', () => {
    const list = 'Bookings\nOak Ines\n\nElm Tom\nOak Oak\n'
    expect([of('count("Oak" = 2 in output(Bookings))', list), of('count("o" > 2 in output(Bookings))', list), of('count("Oak" < 2 in output(Bookings))', list)]).toEqual([
      null,
      null,
      'call 1 shows it 2 times',
    ])
  })

  it('is of the entries of lists in JSON, however that is laid out', () => {
    const list = {
      bookings: [
        { room: 'Oak', tags: ['Oak', 'Elm'] },
        { room: 'Elm', tags: [] },
      ],
      rooms: ['Oak'],
    }
    expect(countable(JSON.stringify(list, null, 2))).toEqual(['{"room":"Oak","tags":["Oak","Elm"]}', '{"room":"Elm","tags":[]}', '"Oak"'])
    expect(of(`count('"room": "Oak"' = 1 in output(bookings))`, JSON.stringify(list))).toBe(null)
    expect(countable('{"bookings": []}')).toEqual([])
    expect(countable('{"count": 1}')).toEqual(['{"count": 1}'])
    expect(countable('[1, 2')).toEqual(['[1, 2'])
  })

  it('of none is an absence, with all that this needs', () => {
    expect(of('count("Oak" = 0 in output(Bookings))', 'Bookings\nElm')).toBe(null)
    expect(of('count("Oak" = 0 in output(Bookings))', '')).toBe('no call showed what it is to be looked for in')
  })
})

it('what is looked for is found however it is wrapped, spaced or escaped', () => {
  expect(firstFit('Tom Lee', '<li>Tom&nbsp;Lee</li>')).toBe('<li>Tom&nbsp;Lee</li>')
  expect(firstFit("Tom's", 'by Tom&#39;s; &#x54;om')).not.toBe(null)
  expect(firstFit('"holder": "Tom"', '{"holder":"Tom"}')).not.toBe(null)
  expect(firstFit('Tom Lee', 'booked by Tom\nLee until 11:00')).toBe('Tom Lee')
  // With a wildcard, lines of different things would fit.
  expect(firstFit('Oak * Tom', 'Oak Ines\nElm Tom')).toBe(null)
})
