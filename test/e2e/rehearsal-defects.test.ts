import { test } from 'vitest'
import { rehearsed } from './rehearsal.ts'

// 1: only the running product shows it. 7: only a reviewer sees it. 5: two surfaces that do not agree. No other finding may come up.
test('a rehearsal with three defects finds each where it should be found, and has it fixed', { timeout: 900_000 }, async () => {
  await rehearsed('1,5,7', ['user-testing VAL-API-002', 'user-testing VAL-CROSS-001', 'scrutiny src/pages/list.js:', 'fixed in f8'])
})
