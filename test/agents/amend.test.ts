import { expect, test } from 'vitest'
import { amended } from '../../src/agents/amend.ts'

const plan = { title: 'Plan', features: [{ id: 'f1', brief: 'old' }], procedures_from: 'no/such.file' }

test('changes what was handed in, and leaves it as it was', () => {
  expect(amended(plan, { patch: [{ op: 'replace', path: '/procedures_from', value: 'package.json' }] })).toEqual({ ok: true, value: { ...plan, procedures_from: 'package.json' } })
  expect(
    amended(plan, {
      patch: [
        { op: 'add', path: '/features/-', value: { id: 'f2' } },
        { op: 'remove', path: '/features/0/brief' },
      ],
    }),
  ).toEqual({ ok: true, value: { ...plan, features: [{ id: 'f1' }, { id: 'f2' }] } })
  expect(plan.features).toEqual([{ id: 'f1', brief: 'old' }])
})

test.each([
  [undefined, { patch: [{ op: 'remove', path: '/a' }] }, 'Nothing was handed in before; submit the whole.'],
  [plan, { patch: [] }, 'The patch cannot be read'],
  [plan, { patch: [{ op: 'move', path: '/a', from: '/b' }] }, 'The patch cannot be read'],
  [plan, { patch: [{ op: 'replace', path: '/features/7/brief', value: 'x' }] }, 'replace /features/7/brief'],
  [plan, { patch: [{ op: 'add', path: '/__proto__/polluted', value: true }] }, 'names no field of an answer'],
  [plan, { patch: [{ op: 'add', path: '/constructor/prototype/polluted', value: true }] }, 'names no field of an answer'],
])('%j amended with %j is told %s', (base, input, told) => {
  expect(amended(base, input)).toEqual({ ok: false, problem: expect.stringContaining(told) })
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
})
