import { one, submit, type Program } from '../program.ts'
import { section, type Brief } from '../request.ts'
import { commandAnswer } from '../seen.ts'
import { scrutinise } from './review.ts'

// What one part writes the other reads: a booking over the API, then the page and, where there is one, the command line.
const walk = `set -e
copy=$(mktemp -d); cp -r . "$copy"; cd "$copy"
export DATA_FILE="$copy/walk.json" PORT=3977
node server.js & server=$!
trap 'kill $server' EXIT
node -e '(async () => {
  const base = "http://127.0.0.1:" + process.env.PORT
  for (let i = 0; i < 100; i++) { try { await fetch(base + "/health"); break } catch { await new Promise((done) => setTimeout(done, 50)) } }
  const body = JSON.stringify({ room: "Oak", from: "2031-01-02 09:00", to: "2031-01-02 10:00", holder: "Walker" })
  console.log("api", (await fetch(base + "/api/bookings", { method: "POST", body })).status)
  console.log("page", (await (await fetch(base + "/")).text()).includes("Walker"))
})()'
if [ -f bin/bookings.js ]; then node bin/bookings.js list; fi`

/** Looks at the whole: its tests, the rules over all of its diff, and one walk across its parts. */
export function* synthesiseProgram(brief: Brief): Program {
  const found = yield* scrutinise(brief)
  const walked = yield* one('I walk across the parts.', 'bash', { command: walk, timeout_ms: 60_000 })
  const { exit, stdout } = commandAnswer(walked)
  const fits = exit === 0 && stdout.includes('api 201') && stdout.includes('page true') && (!stdout.includes('Oak') || stdout.includes('Walker'))
  const seam = {
    severity: 'blocking',
    what: 'A booking made over the API does not show in the other parts of the product.',
    place: { path: 'server.js', line: 1 },
    evidence: [{ kind: 'code', text: walked.text.slice(0, 1_500) }],
  }
  const undocumented = [...section(brief, 'documentation').matchAll(/^- \w+ (\S+) \(added in ([^)]+)\): no document names it$/gm)].map(([, name = '', path = '']) => ({ name, path }))
  const findings = [...found, ...(fits ? [] : [seam]), ...undocumented.map(untold)]
  yield* submit('I have seen the whole.', {
    summary:
      findings.length === 0 ? 'The parts fit: what is booked in one shows in the others, all tests are green, and no pattern of mistakes repeats.' : `${findings.length} to settle in the whole.`,
    findings,
    documentation: undocumented.map(({ name }) => ({ name, is: 'missing', why: 'No document names it, and a user has to know it.' })),
  })
}

function untold({ name, path }: { name: string; path: string }): Record<string, unknown> {
  return {
    severity: 'non_blocking',
    what: `${name} was added in ${path}, and README.md does not name it.`,
    place: { path: 'README.md', line: 1 },
    evidence: [{ kind: 'code', text: `The program that looked for ${name} found it in no document.` }],
  }
}
