import { memoryJournal } from '../../../src/adapters/memory/journal.ts'
import { journalContract } from '../../contracts/journal.ts'

journalContract('memory', async () => {
  const journal = memoryJournal()
  return { journal, other: journal, [Symbol.asyncDispose]: () => journal.close() }
})
