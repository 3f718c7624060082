import { expect, test } from 'vitest'
import { isNamed, outcomesOf } from '../../src/agents/proof/outcomes.ts'

const printed = `test_lent (tests.test_loans.Loans.test_lent) ... ok

----------------------------------------------------------------------
Ran 1 test in 0.001s

OK
`

test.each([
  ['test_lent (tests.test_loans.Loans.test_lent)', true],
  ['test_lent (tests.test_loans.Loans)', true],
  ['tests.test_loans.Loans.test_lent', true],
  ['test_lent', true],
  ['test_lent (tests.test_books.Books.test_lent)', false],
  ['lent', false],
])('unittest: a worker who writes “%s” means the test that was printed: %s', (name, meant) => {
  const [found] = outcomesOf(printed).cases
  expect(found && isNamed(found, name)).toBe(meant)
})
