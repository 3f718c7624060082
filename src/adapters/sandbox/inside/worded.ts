import { stripVTControlCharacters } from 'node:util'

/** Playwright's messages carry a call log and colours that say nothing to an agent. */
export function worded(error: unknown): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const said = text.split('\nCall log:')[0] ?? ''
  // A hundred flags would leave no room for what the browser printed.
  return said
    .replace(/^<launching>.*\n/m, '')
    .slice(0, 500)
    .trim()
}
