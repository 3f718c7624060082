import { describe, expect, test } from 'vitest'
import { anAssertion, ms, val } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { hear } from './script.ts'
import type { Step } from './script.ts'
import { counter, world } from './world.ts'

/** Notes that can be listed and deleted; its command can break off after the heading. */
const notes = {
  ...counter,
  'server.js': `import { createServer } from 'node:http'
let notes = [{ id: 1, text: 'milk' }, { id: 2, text: 'bread' }]
createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://127.0.0.1')
  if (pathname === '/health') return res.end('ok')
  if (req.method === 'DELETE') {
    notes = notes.filter(({ id }) => String(id) !== pathname.slice(7))
    return res.writeHead(204).end()
  }
  if (pathname === '/page') return res.end('<title>Notes</title><h1>Notes</h1><script>fetch("/list' + req.url.slice(5) + '")</script>')
  if (pathname === '/list') return res.writeHead(searchParams.has('broken') ? 500 : 200).end('[]')
  res.end(JSON.stringify(notes.filter(({ text }) => text.includes(searchParams.get('q') ?? ''))))
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
  'cli.js': `console.log('Notes')
if (process.argv[2] === 'break') process.exit(1)
console.log(process.argv[2] === 'bread' ? '2 bread' : '1 milk')
`,
}
const gone = anAssertion('API-001', {
  title: 'A note can be deleted',
  behaviour: 'A user deletes the note 1 and gets 204; the list of notes then holds one note, and not the text milk.',
  evidence: ['response(DELETE /notes/* -> 204)', 'absent("milk" in response(GET /notes -> 200))', 'count("id" = 1 in response(GET /notes -> 200))'],
})
const without = anAssertion('CLI-001', {
  title: 'The command leaves it out',
  tool: 'command',
  behaviour: 'A user runs the command with bread and sees no milk.',
  evidence: ['absent("milk" in output(Notes))'],
})

describe('a tester that says that something is not there', () => {
  const http = (n: number, method: string, path: string) => uses('http', { assertion: 'VAL-API-001', method, url: `http://127.0.0.1:4321${path}` }, `h${n}`)
  const command = (...args: string[]) => uses('command', { assertion: 'VAL-CLI-001', argv: ['node', 'cli.js', ...args] }, `c${args.join('')}`)
  const pass = (assertion: string, kind: string, text: string) => ({ assertion, result: 'pass', note: 'It is gone.', evidence: [{ kind, text }] })
  const report = { summary: 'It is gone.', results: [pass('VAL-API-001', 'http', '…/notes… -> …'), pass('VAL-CLI-001', 'command', 'Notes')], findings: [] }
  const sound = { api: [http(1, 'GET', '/notes'), http(2, 'DELETE', '/notes/1'), http(3, 'GET', '/notes')], cli: [command('bread')] }

  /** Insists four times; what its first try was told, and what came of it. */
  async function insists(calls: Step) {
    await using here = await world({ 'exercise.m1.r1.p1': [calls, ...[1, 2, 3, 4].map((n) => [uses('submit', report, `s${n}`)])] }, notes)
    here.mission.contract = { assertions: [gone, without] }
    const outcome = await here.run('exercise.m1.r1.p1', { task: 'exercise', milestone: ms(1), round: 1, part: 1, assertions: [val('API-001'), val('CLI-001')], head: here.base })
    const body = outcome.is === 'answered' && outcome.body.type === 'AssertionsExercised' ? outcome.body : null
    const told = here.requests.length > 2 ? (hear(here.requests[2]).results[0]?.text ?? '').split('\n').filter((line) => line.startsWith('- ')) : []
    return { told, results: body?.report.results.map((r) => r.result), items: body?.published?.files.flatMap((file) => file.items) }
  }

  test('is believed when it brought that about, and the calls that show it are kept as evidence of it', async () => {
    const { told, results, items } = await insists([...sound.api, ...sound.cli])
    expect({ told, results }).toEqual({ told: [], results: ['pass', 'pass'] })
    expect(items?.toSorted()).toEqual([...gone.evidence, ...without.evidence].toSorted())
  })

  test.each([
    [
      'looked before it had deleted anything',
      [http(1, 'GET', '/notes?q=nothing'), http(2, 'GET', '/notes'), http(3, 'DELETE', '/notes/1')],
      'it was looked for only before the items above it had been shown; look again after that',
    ],
    ['narrowed the list until nothing was left', [http(1, 'DELETE', '/notes/2'), http(2, 'GET', '/notes?q=nothing')], 'no call showed what it is to be looked for in'],
    ['looked elsewhere', [http(1, 'DELETE', '/notes/2'), http(2, 'GET', '/health')], 'no call showed what it is to be looked for in'],
    ['deleted something else', [http(1, 'DELETE', '/notes/2'), http(2, 'GET', '/notes')], 'call 2 shows it: "[{"id":1,"text":"milk"}]"'],
    ['only looked', [http(1, 'GET', '/notes')], 'the items above it have not been shown yet, and it counts only after them'],
  ])('and %s, hears so, and in the end is not believed', async (_, calls, problem) => {
    const { told, results } = await insists([...calls, ...sound.cli])
    expect(told).toContain(`- VAL-API-001: absent("milk" in response(GET /notes -> 200)) is not borne out: ${problem}. Bring that about, or do not report a pass.`)
    expect(results).toEqual(['blocked', 'pass'])
  })

  test.each([
    ['showed the output of a command that failed', [command('break')], 'call 1 ended with exit 1, so it does not tell what a working product shows'],
    ['showed an output that has it', [command('milk')], 'call 1 shows it: "1 milk"'],
  ])('and %s, hears so, and in the end is not believed', async (_, calls, problem) => {
    const { told, results } = await insists([...sound.api, ...calls])
    expect(told).toEqual([`- VAL-CLI-001: absent("milk" in output(Notes)) is not borne out: ${problem}. Bring that about, or do not report a pass.`])
    expect(results).toEqual(['pass', 'blocked'])
  })

  test('and looked at a page whose list had failed to load, hears so until it opened one that had not', async () => {
    const shows = anAssertion('WEB-001', {
      title: 'The page leaves it out',
      tool: 'browser',
      behaviour: 'A user opens the page of notes and sees no milk.',
      evidence: ['absent("milk" in page(Notes))'],
    })
    const act = (n: number, over: object) => uses('browser', { assertion: 'VAL-WEB-001', act: 'snapshot', ...over }, `b${n}`)
    const open = (n: number, path: string) => act(n, { act: 'open', url: `http://127.0.0.1:4321${path}` })
    const say = (n: number) => uses('submit', { ...report, results: [pass('VAL-WEB-001', 'browser', 'heading "Notes"')] }, `s${n}`)
    await using here = await world({ 'exercise.m1.r1.p1': [[open(1, '/page?broken'), act(2, {})], [say(1)], [open(3, '/page'), act(4, {})], [say(2)]] }, notes)
    here.mission.contract = { assertions: [shows] }
    const outcome = await here.run('exercise.m1.r1.p1', { task: 'exercise', milestone: ms(1), round: 1, part: 1, assertions: [val('WEB-001')], head: here.base })
    expect(hear(here.requests[2]).results[0]?.text).toContain(
      'on the page of call 2 a request had failed (GET http://127.0.0.1:4321/list?broken -> 500), so it may lack what it should show; open it anew. Bring that about',
    )
    expect(outcome).toMatchObject({ body: { report: { results: [{ result: 'pass' }] } } })
  })

  test('how many there are is counted in the same way', async () => {
    const { told } = await insists([http(1, 'DELETE', '/notes/1'), http(2, 'DELETE', '/notes/2'), http(3, 'GET', '/notes'), ...sound.cli])
    expect(told).toEqual(['- VAL-API-001: count("id" = 1 in response(GET /notes -> 200)) is not borne out: call 3 shows it 0 times. Bring that about, or do not report a pass.'])
  })
})
