import { mention } from './escape.ts'

/** To someone who may not start a mission. */
export function notAllowed(login: string): string {
  return `Thank you, ${mention(login)}. A mission changes code, so it starts only when someone with **write permission** sets the label. Nothing has been started. Someone who has it can remove the label and set it again.`
}

/** There is nothing to branch from. */
export function emptyRepository(login: string): string {
  return `${mention(login)}, this repository has no commit yet, and a mission needs one to start from. **Push a first commit** (a README is enough), then remove the label and set it again.`
}
