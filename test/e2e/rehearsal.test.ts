import { test } from 'vitest'
import { rehearsed } from './rehearsal.ts'

test('a rehearsal without a defect ends without a finding', { timeout: 900_000 }, async () => {
  await rehearsed('none', ['Proved by running without the feature (red) and with it (green)', 'Findings      none', '12 of 12 proved'])
})
