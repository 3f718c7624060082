import type { TurnRequest } from '../ports/model.ts'
import { ModelAway, ModelRefused } from '../ports/model.ts'
import { OverBudget } from './budget.ts'
import type { LoopServices } from './loop.ts'
import { costUsd, readsPerWrite, worstUsd } from './price.ts'
import type { LineOf } from './record.ts'
import { paymentOf } from './record.ts'

/** The model's cache forgets a prefix five minutes after it was last read. */
const every_ms = 270_000
/** A shorter prefix costs less to write again than to think about. */
const least_tokens = 4_096
const longest = 40

/**
 * While the tools of a turn run, asks now and then for the request before once more, with an answer of one token: that reads the
 * prefix and keeps it. It pays as long as the readings cost less than writing it again; then it lets go. A run that is held is
 * let go at once. Dispose waits for a request under way, so that what it cost is recorded.
 */
export function keepWarm(sent: TurnRequest, turn: LineOf<'turn'>, services: LoopServices, append: (line: LineOf<'kept'>) => Promise<void>, signal: AbortSignal): AsyncDisposable {
  const over = new AbortController()
  const work = keep(sent, turn, services, append, AbortSignal.any([signal, over.signal]), signal)
  // Its failure is told by dispose.
  work.catch(() => {})
  return {
    async [Symbol.asyncDispose]() {
      over.abort()
      await work
    },
  }
}

async function keep(sent: TurnRequest, turn: LineOf<'turn'>, services: LoopServices, append: (line: LineOf<'kept'>) => Promise<void>, sleep: AbortSignal, signal: AbortSignal): Promise<void> {
  const { usage, model } = turn
  const tokens = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
  const most = Math.min(longest, readsPerWrite(model, services.prices) - 1)
  if (tokens < least_tokens) return
  for (let k = 1; k <= most; k++) {
    const wait_ms = k === 1 ? Math.max(0, every_ms - turn.ms) : every_ms
    if (!(await slept(services.wait(wait_ms, sleep)))) return
    if (!(await services.mayGoOn())) return
    const line = await ask({ ...sent, model, max_output_tokens: 1 }, tokens, { n: turn.n, k }, services, signal)
    if (line === null) return
    await append(line)
    await services.purse.settle(paymentOf(line))
  }
}

/** Null: it could not be asked, and what is in the cache is not worth more trouble. */
async function ask(request: TurnRequest, tokens: number, which: { n: number; k: number }, services: LoopServices, signal: AbortSignal): Promise<LineOf<'kept'> | null> {
  const { model } = request
  const at = services.clock.now().toISOString()
  try {
    await services.purse.reserve(worstUsd(tokens, 1, model, services.prices))
    const { usage } = await services.model.turn(request, signal)
    return { kind: 'kept', ...which, at, model, usage, cost_usd: costUsd(usage, model, services.prices) }
  } catch (error) {
    await services.purse.release()
    if (error instanceof ModelAway || error instanceof ModelRefused || error instanceof OverBudget || signal.aborted) return null
    throw error
  }
}

/** False: the sleep was ended. */
async function slept(wait: Promise<void>): Promise<boolean> {
  return wait.then(
    () => true,
    () => false,
  )
}
