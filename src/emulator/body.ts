import { z } from 'zod'
import { Refusal } from './refusal.ts'
import type { Call } from './route.ts'

/** The request's body in its shape, or 422 in GitHub's words. */
export function bodyOf<S extends z.core.$ZodType>(call: Call, schema: S): z.infer<S> {
  const parsed = z.safeParse(schema, call.body ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path ?? []
  if (path.length > 0 && valueAt(call.body ?? {}, path) === undefined) throw new Refusal(422, `Invalid request.\n\n"${String(path.at(-1))}" wasn't supplied.`)
  const field = path.map((part) => (typeof part === 'number' ? `items/${part}` : `properties/${String(part)}`)).join('/')
  throw new Refusal(422, field ? `Invalid request.\n\nFor '${field}', ${JSON.stringify(valueAt(call.body, path))} does not fit: ${issue?.message ?? ''}.` : 'Invalid request.')
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined), body)
}
