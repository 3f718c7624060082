import { stripVTControlCharacters } from 'node:util'

/** Playwright's messages carry a call log and colours that say nothing to an agent. */
export function worded(error: unknown): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  return text.split('\nCall log:')[0]?.slice(0, 500).trim() ?? ''
}
