/** An act that could not be done. Its message is for the agent to read; it never means that the sandbox is broken. */
export class Refusal extends Error {
  readonly kind: 'refused' | 'file'

  constructor(kind: 'refused' | 'file', message: string) {
    super(message)
    this.kind = kind
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
