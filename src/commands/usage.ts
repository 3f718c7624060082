import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The words of the call are off; the message says how it goes. */
export class Usage extends Error {}

export function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T, how: string) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message : String(error)}\nusage: ${how}`)
  }
}

/** Aborts at Ctrl-C and SIGTERM. */
export function interrupted(): AbortSignal {
  const over = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort(new Error('interrupted')))
  return over.signal
}
