import type { z } from 'zod'
import { Refusal } from './refusal.ts'
import type { Call } from './route.ts'

/** The request's body in its shape, or 422 in GitHub's words. */
export function bodyOf<S extends z.ZodType>(call: Call, schema: S): z.infer<S> {
  const parsed = schema.safeParse(call.body ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.map((part) => (typeof part === 'number' ? `items/${part}` : `properties/${String(part)}`)).join('/')
  if (issue !== undefined && issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0) {
    throw new Refusal(422, `Invalid request.\n\n"${String(issue.path.at(-1))}" wasn't supplied.`)
  }
  throw new Refusal(422, field ? `Invalid request.\n\nFor '${field}', ${issue?.message ?? 'it does not fit'}.` : 'Invalid request.')
}
