import { APIConnectionError, APIError } from '@anthropic-ai/sdk'
import { StreamCut } from './stream.ts'
import { Silence } from './watchdog.ts'

export type Trouble =
  | { is: 'away'; detail: string; retry_after_ms: number | null }
  /** Trying again cannot help; the detail is for the person who runs the installation. */
  | { is: 'refused'; detail: string }
  | { is: 'too_long' }

/** What a failed try means. Throws what it does not know: that is a bug, not an answer. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof StreamCut || error instanceof Silence) return { is: 'away', detail: error.message, retry_after_ms: null }
  if (error instanceof APIConnectionError) return { is: 'away', detail: `no connection (${causeOf(error)})`, retry_after_ms: null }
  if (error instanceof APIError) return ofAnswer(error)
  // A socket that dies while the body is read surfaces as fetch's own TypeError.
  if (error instanceof TypeError && /terminated|fetch failed|aborted|other side closed/i.test(error.message))
    return { is: 'away', detail: `the stream was cut (${causeOf(error)})`, retry_after_ms: null }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|UND_ERR_\w+)$/.test(error.code))
    return { is: 'away', detail: `the connection failed (${error.code})`, retry_after_ms: null }
  throw error
}

function ofAnswer(error: APIError): Trouble {
  const status: number | undefined = error.status
  const type: string | null = error.type
  const said = error.apiMessage ?? error.message
  if (status === 413 || (status === 400 && /prompt is too long|context (window|length)/i.test(said))) return { is: 'too_long' }
  if (/credit balance|billing/i.test(said) || type === 'billing_error' || status === 402) return { is: 'refused', detail: `The account has no credit left: ${said}` }
  if (status === 401 || type === 'authentication_error') return { is: 'refused', detail: 'The model key was not accepted. Check ANTHROPIC_API_KEY.' }
  if (status === 403 || type === 'permission_error') return { is: 'refused', detail: `The model key may not do this: ${said}` }
  if (status === 404 || type === 'not_found_error') return { is: 'refused', detail: `The model is not known to this account: ${said}` }
  if (status === 400 || status === 422 || type === 'invalid_request_error') return { is: 'refused', detail: `The request was not accepted: ${said}` }
  return { is: 'away', detail: `${status ?? 'stream error'} ${type ?? ''} ${said}`.replace(/\s+/g, ' ').trim(), retry_after_ms: retryAfter(error.headers) }
}

function retryAfter(headers: Headers | undefined): number | null {
  const value = headers?.get('retry-after')
  if (value === null || value === undefined || value === '') return null
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}
