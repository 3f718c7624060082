import { describe, expect, it } from 'vitest'
import { evidenceItem, evidenceProblems, isSought } from '../../src/domain/evidence.ts'
import { bears, isQuoteOf, Shown } from '../../src/domain/shown.ts'
import { matches } from '../../src/domain/pattern.ts'
import { val } from '../support/builders.ts'

function item(text: string) {
  const read = evidenceItem(text)
  if ('problem' in read) throw new Error(read.problem)
  return read
}
const shown = (over: object) => Shown.parse({ tool: 'http', text: '', ...over })

describe('the grammar of evidence', () => {
  it.each([
    ['screenshot(taken-room)', { is: 'screenshot', name: 'taken-room' }],
    ['screenshot(Taken Room)', { is: 'screenshot', name: 'taken-room' }],
    ['network(POST /path -> 200)', { is: 'network', method: 'POST', path: '/path', status: '200' }],
    ['terminal(Booked * (Oak))', { is: 'terminal', pattern: 'Booked * (Oak)' }],
    ['value(metric <= 12.5)', { is: 'value', metric: 'metric', than: '<=', bound: 12.5 }],
    ['page("Yes, cancel it")', { is: 'page', pattern: 'Yes, cancel it' }],
    ['output(Oak)', { is: 'output', pattern: 'Oak' }],
    ['exit(2)', { is: 'exit', code: 2 }],
    ['file(report.csv)', { is: 'file', name: 'report.csv', has: [] }],
    ['file(report.csv, has "Oak;09:00")', { is: 'file', name: 'report.csv', has: ['Oak;09:00'] }],
    ['absent("Tom, Ines" in page(Bookings (today)))', { is: 'absent', pattern: 'Tom, Ines', within: { is: 'page', pattern: 'Bookings (today)' } }],
    ['absent(\'button "Cancel"\' in page("Past bookings"))', { is: 'absent', pattern: 'button "Cancel"', within: { is: 'page', pattern: 'Past bookings' } }],
    [
      'count("Oak" <= 2 in response(GET /api/bookings -> 200, body has "room"))',
      { is: 'count', pattern: 'Oak', than: '<=', bound: 2, within: { is: 'response', method: 'GET', path: '/api/bookings', status: '200', body: ['room'] } },
    ],
    ['count("Oak" = 0 in file(report.csv))', { is: 'count', pattern: 'Oak', than: '=', bound: 0, within: { is: 'file', name: 'report.csv', has: [] } }],
    ['response(GET /api/x?day=* -> 4xx, body has "taken, sorry", body has \'"id":\')', { is: 'response', method: 'GET', path: '/api/x?day=*', status: '4xx', body: ['taken, sorry', '"id":'] }],
  ])('%s', (text, read) => {
    expect(evidenceItem(text)).toEqual(read)
  })

  it.each([
    'The 409 answer',
    'screenshot(taken/room)',
    'network(post /x -> 200)',
    'network(POST /x -> 200, body has "x")',
    'response(GET /x -> 20)',
    'response(GET /x -> 200 body has "x")',
    'exit(-1)',
    'value(n ~ 3)',
    'value(n <= many)',
    'page()',
    'file(../x)',
    'terminal(a\nb)',
    'absent(Tom)',
    'absent("Tom")',
    'absent("Tom" in screenshot(list))',
    'absent("Tom" in exit(0))',
    'absent("Tom" in absent("Ines" in page(Oak)))',
    'absent("Tom" = 0 in page(Oak))',
    'count("Tom" in page(Oak))',
    'count("Tom" = -1 in page(Oak))',
  ])('%s is told what to write instead', (text) => {
    expect(evidenceItem(text)).toEqual({ problem: expect.stringMatching(/is not (an item of evidence|written as \w+ is); write/) })
  })

  it('each item fits the tool, says something, and stands once', () => {
    const problems = (tool: 'http' | 'browser' | 'command', ...evidence: string[]) => evidenceProblems({ id: val('API-001'), tool, evidence })
    expect(problems('http', 'response(GET /x -> 200)', 'network(GET /x -> 200)', 'value(duration_ms < 900)')).toEqual([])
    expect(problems('browser', 'output(Oak)', 'page(*)', 'screenshot(a)', 'screenshot(a)')).toEqual([
      'VAL-API-001: output(Oak) is shown by command, and the assertion is exercised with browser; change one of them.',
      'VAL-API-001: the pattern "*" in page(*) would fit almost anything; name words or numbers that only a working product shows.',
      'VAL-API-001 names screenshot(a) twice; once is enough.',
    ])
    expect(problems('http', 'absent("Tom" in page(Oak))', 'absent("*" in response(GET /x -> 200))', 'absent("stack" in response(GET /x -> 500))')).toEqual([
      'VAL-API-001: absent("Tom" in page(Oak)) is shown by browser, and the assertion is exercised with http; change one of them.',
      'VAL-API-001: the pattern "*" in absent("*" in response(GET /x -> 200)) would fit almost anything; name words or numbers that only a working product shows.',
      'VAL-API-001: absent("stack" in response(GET /x -> 500)) looks into the answer of a product that failed; name the answer of a working one.',
    ])
    expect(
      problems('command', 'count("Oak" < 1 in output(Oak * Ines))', 'count("Oak" < 0 in output(Room))', 'count("Oak" = 1 in output(Oak * Ines))', 'absent("Tom" in file(a.csv, has "Oak"))'),
    ).toEqual([
      'VAL-API-001: count("Oak" < 1 in output(Oak * Ines)) contradicts itself: what shows "Oak * Ines" shows "Oak" as well.',
      'VAL-API-001: count("Oak" < 0 in output(Room)) can never hold: nothing is there fewer than 0 times.',
    ])
    expect(problems('command')).toEqual(['VAL-API-001 has no evidence; name at least one item that proves it.'])
  })
})

describe('what a call showed bears an item out', () => {
  const refused = shown({ text: '{"error":"Oak is taken by Ines until 11:00."}', requests: [{ method: 'POST', path: '/api/bookings?x=1', status: 409 }], duration_ms: 12 })
  const page = shown({ tool: 'browser', text: '- alert:\n  - text: Oak is taken', screenshot: 'refusal', requests: [{ method: 'GET', path: '/', status: null }] })
  const command = shown({ tool: 'command', text: 'count=3\nOak   09:00  Ines', exit: 0, files: [{ name: 'a.csv', path: 'c-1-a.csv', sha256: '', text: 'Oak;09:00\n' }] })

  it.each([
    ['response(POST /api/bookings -> 409, body has "taken by * until 11:00")', refused, true],
    ['response(POST /api/* -> 4xx)', refused, true],
    ['response(POST /api/bookings?x=2 -> 409)', refused, false],
    ['response(POST /api/bookings -> 201)', refused, false],
    ['response(POST /api/bookings -> 409, body has "taken", body has "Tom")', refused, false],
    ['response(POST /api -> 409)', refused, false],
    ['network(POST /api/bookings -> 409)', refused, true],
    ['network(GET / -> 200)', page, false],
    ['value(duration_ms <= 12)', refused, true],
    ['value(duration_ms < 12)', refused, false],
    ['page(oak IS taken)', page, true],
    ['page(alert * taken)', page, false],
    ['screenshot(refusal)', page, true],
    ['screenshot(other)', page, false],
    ['output(Oak 09:00 *ines)', command, true],
    ['output(Ines * Oak)', command, false],
    ['exit(0)', command, true],
    ['exit(1)', command, false],
    ['file(a.csv, has "Oak")', command, true],
    ['file(b.csv)', command, false],
    ['value(count = 3)', command, true],
    ['value(ount = 3)', command, false],
    ['terminal(Oak)', command, false],
  ])('%s', (text, call, expected) => {
    const read = item(text)
    expect(!isSought(read) && bears(read, call)).toBe(expected)
  })

  it('no pattern is slow: one that would never end as a regular expression does', () => {
    expect(matches(`${'a*'.repeat(120)}b`, 'a'.repeat(200_000))).toBe(false)
  })

  it('a quote may be wrapped otherwise, and no more', () => {
    expect(isQuoteOf('Oak 09:00\n  Ines', 'list:\nOak   09:00  Ines\n')).toBe(true)
    expect(isQuoteOf('Oak 10:00 Ines', 'Oak 09:00 Ines')).toBe(false)
  })
})
