import { describe, expect, it } from 'vitest'
import type { Assertion } from '../../../src/domain/contract.ts'
import { contractProblems } from '../../../src/domain/lint/contract.ts'
import { anAssertion, anUnderstanding, aPlannedMission } from '../../support/builders.ts'

const understanding = anUnderstanding()
const contract = aPlannedMission().contract ?? { assertions: [] }

describe('a contract is checked by the program', () => {
  const problems = (assertions: Assertion[]) => contractProblems({ assertions }, null)

  it('a sound contract has no problems', () => {
    expect(contractProblems(contract, understanding)).toEqual([])
  })

  it('ids and titles are given once, evidence is there', () => {
    expect(problems([anAssertion('API-001', { title: 'Same' }), anAssertion('API-001', { title: 'same ', evidence: [], behaviour: '          ' })])).toEqual([
      'The id VAL-API-001 is used more than once; give every assertion its own.',
      'Two assertions have the title "same"; merge them or say what differs.',
      'VAL-API-001 has no behaviour; say what a user does and observes.',
      'VAL-API-001 has no evidence; name at least one item that proves it.',
    ])
  })

  it.each([
    ['src/store.ts', 'The file src/store.ts writes beside and renames.'],
    ['store.py', 'A booking goes through `store.py`.'],
    ['save()', 'When save() is called the booking is kept.'],
    ['store.save()', 'A booking is kept by (store.save()).'],
    ['saveBooking(', 'saveBooking(room) keeps a booking.'],
    ['save_booking(', 'A call of save_booking(room) keeps it.'],
    ['store.save(', 'It is kept by store.save(booking).'],
    ['Store::save', 'A booking goes through Store::save and is listed.'],
    ['$store->save', 'A booking goes through $store->save and is listed.'],
    ['Booking#save', 'A booking is kept by Booking#save for the user.'],
    ['com.acme.rooms.BookingService', 'A request reaches com.acme.rooms.BookingService and is answered.'],
    ['internal/booking/store.go', 'The list comes from internal/booking/store.go as before.'],
    ['lib/rooms/', 'Everything below lib/rooms/ keeps its answers.'],
    ['BookingStore', 'The BookingStore class refuses a second booking.'],
    ['saveBooking', 'Die Funktion saveBooking lehnt die zweite Buchung ab.'],
    ['save_booking', 'La función save_booking rechaza la segunda reserva.'],
    ['App.tsx', 'The list in App.tsx shows the booking.'],
  ])('%s is inside, not what a user sees', (name, behaviour) => {
    expect(problems([anAssertion('API-001', { behaviour })])).toEqual([`VAL-API-001 names "${name}", which only someone reading the source can see; say what a user does and observes instead.`])
  })

  it.each([
    'A user opens /rooms.html and reads the booking(s) of the day (all of them).',
    'A user runs node bin/rooms.js list and sees bookings.json unchanged, e.g. no half-written file.',
    'A client asks http://127.0.0.1:3000/app.js and gets status 200 (or 304).',
    'A user starts Node.js 20 and later, and/or an older one.',
    'A user runs `lint src/a.py --fix` and reads "1 problem fixed" on the screen.',
    'A user runs `python3 tool.py list` and sees one line for each room.',
    'The entry has the fields startTime, end_time and holder, and the address ::1 or fe80::1 is accepted.',
    'Die zweite Buchung wird mit Status 409 abgelehnt; die Antwort nennt den Inhaber.',
    'The function keys F1 to F4 open the four rooms, and the method GET answers 200.',
  ])('users may see this: %s', (behaviour) => {
    expect(problems([anAssertion('API-001', { behaviour })])).toEqual([])
  })

  it('several areas are crossed by an assertion, or it is said why none does', () => {
    const apart = [anAssertion('API-001'), anAssertion('WEB-001')]
    expect(problems(apart)).toEqual([
      'The contract has the areas API, WEB and no assertion that crosses them; add a VAL-CROSS one in which what is done in one is observed in another, or say in "apart" why nothing a user does in one can show in another.',
    ])
    expect(problems([...apart, anAssertion('CROSS-001')])).toEqual([])
    expect(contractProblems({ assertions: apart, apart: 'The page is static and shows nothing of the API.' }, null)).toEqual([])
    expect(problems([anAssertion('API-001'), anAssertion('API-002')])).toEqual([])
  })

  it('each line of the definition of done has its proof, and each new assertion its line', () => {
    const done = ['A taken room is refused', 'Cancelling asks first']
    const assertions = [anAssertion('API-001', { proves: [1, 3] }), anAssertion('API-002', { proves: [] }), anAssertion('API-003', { proves: [], regression: true })]
    expect(contractProblems({ assertions }, anUnderstanding({ done }))).toEqual([
      'VAL-API-001 says it proves line 3 of the definition of done, which has 2 lines.',
      'VAL-API-002 proves no line of the definition of done; name the line it serves in "proves", mark it as a regression if it holds today, or leave it out.',
      'Line 2 of the definition of done ("Cancelling asks first") is proved by no assertion; add one, or name 2 in "proves" of the one that proves it.',
    ])
  })

  it.each([
    ['works correctly', 'The second booking works correctly.'],
    ['as expected', 'The page behaves for the user as expected.'],
    ['user-friendly', 'A refusal is shown in a user-friendly way.'],
    ['quickly', 'The list answers quickly when it is long.'],
    ['wie erwartet', 'Die Seite verhält sich wie erwartet.'],
    ['fonctionne correctement', 'La réservation fonctionne correctement.'],
    ['correctamente', 'La reserva se guarda correctamente.'],
  ])('"%s" is no promise', (word, behaviour) => {
    expect(problems([anAssertion('API-001', { behaviour })])).toEqual([
      `VAL-API-001 says "${word}", which two testers would judge differently; say what is seen instead: the status, the words, the number.`,
    ])
  })

  it.each(['The list of 10,000 bookings answers quickly, within 500 ms.', 'A refusal is helpful: it shows "taken by Jo until 10:00".', 'The breakfast order is listed below the room.'])(
    'bounded, it is: %s',
    (behaviour) => {
      expect(problems([anAssertion('API-001', { behaviour })])).toEqual([])
    },
  )

  it('what assertions start from is there, shared, seen by users, and written once', () => {
    const from = (id: string, ...names: string[]) => anAssertion(id, { starts_from: names })
    const point = (name: string, text = 'Oak is booked by Ines from 09:00 to 11:00.') => ({ name, text })
    const sound = { assertions: [from('API-001', 'booked'), from('API-002', 'booked')], starting_points: [point('booked')] }
    expect(contractProblems(sound, null)).toEqual([])
    expect(
      contractProblems(
        {
          assertions: [from('API-001', 'booked', 'booked', 'empty'), from('API-002', 'shut')],
          starting_points: [point('booked', 'The store works properly.'), point('shut', 'When save() was called.'), point('shut'), point('lost')],
        },
        null,
      ),
    ).toEqual([
      'Two starting points are called shut; give each its own name.',
      'Only VAL-API-001 starts from booked; say it in that behaviour, and leave the starting point out.',
      'The starting point booked says "works properly", which two testers would bring about differently; say what is there: the values, the words, the number.',
      'Only VAL-API-002 starts from shut; say it in that behaviour, and leave the starting point out.',
      'The starting point shut names "save()", which only someone reading the source can see; say what a user does instead.',
      'Only VAL-API-002 starts from shut; say it in that behaviour, and leave the starting point out.',
      'No assertion starts from lost; name it in "starts_from" of those that do, or leave it out.',
      'VAL-API-001 starts from empty, which the contract does not have; add it to "starting_points".',
      'VAL-API-001 starts from booked twice; once is enough.',
    ])
    const copied = ['API-001', 'API-002', 'API-003'].map((id) => anAssertion(id, { behaviour: `Oak is booked by Ines from 09:00 to 11:00 on a day. Then ${id} is asked for and refused.` }))
    expect(problems(copied)).toEqual([
      'VAL-API-001, VAL-API-002, VAL-API-003 begin with the same sentence ("Oak is booked by Ines from 09:00 to 11:00 on a day."); write it once in "starting_points" and name it in "starts_from" of each.',
    ])
    expect(problems(copied.slice(1))).toEqual([])
  })

  it('a library is judged by the names its users write, and by no others', () => {
    const assertions = [anAssertion('LIB-001', { tool: 'command', behaviour: 'A program that prints the answer of parse_list("a,b") ends with 2 lines.' })]
    expect(contractProblems({ assertions, public_names: ['parse_list'] }, null)).toEqual([])
    expect(contractProblems({ assertions }, null)).toHaveLength(1)
  })
})
