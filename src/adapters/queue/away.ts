import { JournalAway } from '../../ports/journal.ts'

const patience_ms = 900

/** An answer within about a second, or `JournalAway`. BullMQ itself waits for its connection for ever. */
export async function promptly<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new JournalAway(`Redis is away: the queue did not answer within ${patience_ms} ms`)), patience_ms)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    if (error instanceof Error && /Connection is closed|ECONN|ENOENT|^(LOADING|READONLY|MISCONF|OOM|BUSY)\b/.test(error.message))
      throw new JournalAway(`Redis is away: ${error.message}`, { cause: error })
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const silence_ms = 10_000

/** Fifteen connections that lose one server tell it in one voice. */
export function sparing(tell: (error: Error) => void): (error: Error) => void {
  const told = new Map<string, number>()
  return (error) => {
    const now = performance.now()
    if (now - (told.get(error.message) ?? -Infinity) < silence_ms) return
    if (told.size > 1000) told.clear()
    told.set(error.message, now)
    tell(error)
  }
}
