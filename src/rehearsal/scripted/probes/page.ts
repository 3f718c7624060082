import { one, type Program, type Result } from '../program.ts'
import { markOf, partOf } from '../seen.ts'
import { blocked, check, decided, quoted, type Evidence, type Place, type Probe } from './probe.ts'

/** VAL-PAGE-001 */
export const refused: Probe = function* (place) {
  const first = yield* fillIn(place, { from: '09:00', to: '11:00', holder: place.first })
  if (!('page' in first)) return blocked(first.problem, quoted('browser', first.seen))
  if (!first.page.text.includes(place.first)) return blocked('The first booking is not on the page after it was made.', quoted('browser', first.page))
  const second = yield* fillIn(place, { from: '10:00', to: '12:00', holder: place.second })
  if (!('page' in second)) return blocked(second.problem, quoted('browser', second.seen))
  const picture = yield* picturedAs(place, 'refused')

  const { text } = second.page
  const alert = partOf(text, 'alert')
  const kept = (name: string, value: string) => check(partOf(text, 'textbox', name).includes(value), `the field "${name}" does not hold "${value}" any more`)
  return decided(
    'The second person saw an alert naming the first and the end of their booking, and found times and name still in the form.',
    [
      check(alert !== '', 'there is no alert on the page'),
      check(alert === '' || (alert.includes(place.first) && alert.includes('11:00')), 'the alert does not name the holder and the end of the booking in the way'),
      kept('From', `${place.day} 10:00`),
      kept('Until', `${place.day} 12:00`),
      kept('Who', place.second),
    ],
    [...quoted('browser', second.page), ...picture],
  )
}

/** VAL-PAGE-002 */
export const asked: Probe = function* (place) {
  const made = yield* fillIn(place, { from: '09:00', to: '10:00', holder: place.first })
  if (!('page' in made)) return blocked(made.problem, quoted('browser', made.seen))
  if (!made.page.text.includes(place.first)) return blocked('The booking is not on the page after it was made.', quoted('browser', made.page))
  const cancel = new RegExp(`^Cancel.*${place.first}`)

  const question = yield* click(place, made.page, ['link', 'button'], cancel, 'I choose to cancel it.')
  if (question === null) return decided('', [check(false, 'the list has nothing to cancel the booking with')], quoted('browser', made.page))
  const asks = check(
    /"Yes, cancel it"/.test(question.text) && /"Keep it"/.test(question.text),
    `choosing to cancel asks no question; the booking is ${question.text.includes(place.first) ? 'still there' : 'gone at once'}`,
  )
  const named = check(
    ['Oak', `${place.day} 09:00`, place.first].every((part) => question.text.includes(part)),
    'room, time and holder are not named in the question',
  )
  if (!asks.holds) return decided('', [asks], [...quoted('browser', question), ...(yield* picturedAs(place, 'cancel'))])
  const picture = yield* picturedAs(place, 'cancel')

  const kept = yield* click(place, question, ['link', 'button'], /^Keep it$/, 'I keep it.')
  const again = kept && (yield* click(place, kept, ['link', 'button'], cancel, 'I choose to cancel it again.'))
  const gone = again && (yield* click(place, again, ['button', 'link'], /^Yes, cancel it$/, 'Yes.'))
  return decided(
    'Choosing to cancel asked first; "Keep it" led back to the list with the booking, "Yes, cancel it" to the list without it.',
    [
      named,
      check(kept !== null && kept.text.includes(place.first), '"Keep it" does not lead back to a list with the booking'),
      check(gone !== null && gone.text.includes('"Bookings"') && !gone.text.includes(place.first), '"Yes, cancel it" does not lead to a list without the booking'),
    ],
    [...quoted('browser', question, ...(kept ? [kept] : []), ...(gone ? [gone] : [])), ...picture],
  )
}

type Filled = { page: Result } | { problem: string; seen: Result }

/** Fills in the form of the page for Oak and sends it; the page afterwards. */
function* fillIn(place: Place, wanted: { from: string; to: string; holder: string }): Program<Filled> {
  let page = yield* act(place, { act: 'open', url: `${place.base}/` }, 'I open the page.')
  if (!page.ok) return { problem: 'The page could not be opened.', seen: page }
  const steps: [roles: string[], name: RegExp, input: Record<string, string>][] = [
    [['combobox'], /^Room$/, { act: 'select', option: 'Oak' }],
    [['textbox'], /^From$/, { act: 'fill', text: `${place.day} ${wanted.from}` }],
    [['textbox'], /^Until$/, { act: 'fill', text: `${place.day} ${wanted.to}` }],
    [['textbox'], /^Who$/, { act: 'fill', text: wanted.holder }],
    [['button'], /^Book$/, { act: 'click' }],
  ]
  for (const [roles, name, input] of steps) {
    const ref = markOf(page.text, roles, name)
    if (ref === null) return { problem: `The page has no ${roles.join(' or ')} named ${name.source.replace(/[$^]/g, '')}.`, seen: page }
    page = yield* act(place, { ...input, ref }, '')
    if (!page.ok) return { problem: 'The form could not be filled in.', seen: page }
  }
  return { page }
}

function* click(place: Place, page: Result, roles: string[], name: RegExp, text: string): Program<Result | null> {
  const ref = markOf(page.text, roles, name)
  if (ref === null) return null
  const next = yield* act(place, { act: 'click', ref }, text)
  return next.ok ? next : null
}

function* act(place: Place, input: Record<string, string>, text: string): Program<Result> {
  return yield* one(text, 'browser', { assertion: place.assertion, ...input })
}

/** A screenshot, as evidence; nothing where none could be taken. */
function* picturedAs(place: Place, name: string): Program<Evidence[]> {
  const seen = yield* act(place, { act: 'screenshot', name }, '')
  const file = /^file: (\S+)$/m.exec(seen.text)?.[1] ?? /"file": ?"([^"]+)"/.exec(seen.text)?.[1]
  return file === undefined ? [] : [{ kind: 'browser', text: seen.text.split('\n')[0] ?? 'the page', file }]
}
