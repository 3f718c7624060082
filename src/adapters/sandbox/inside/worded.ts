/** Playwright's messages carry a call log and colours that say nothing to an agent. */
export function worded(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const plain = text.replaceAll(/\u001b\[[0-9;]*m/g, '')
  return plain.split('\nCall log:')[0]?.slice(0, 500).trim() ?? ''
}
