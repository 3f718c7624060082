import { ForgeAway, ForgeRefused } from '../../ports/forge.ts'

/** An answer of GitHub that is an error, as the client throws it. */
export interface HttpError extends Error {
  status: number
  response?: { headers: Record<string, string | number | undefined>; data: unknown }
}

export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
}

/** True when GitHub answered with one of these. */
export function said(error: unknown, ...statuses: number[]): error is HttpError {
  return isHttpError(error) && statuses.includes(error.status)
}

/** GitHub's own sentence. */
export function message(error: HttpError): string {
  const data = error.response?.data
  const own = typeof data === 'object' && data !== null && 'message' in data ? data.message : null
  return typeof own === 'string' ? own : error.message
}

/** Everything GitHub says of a refusal, its list of errors included, on one line. */
export function wholeMessage(error: HttpError): string {
  return error.message.replace(/ - https?:\/\/\S+$/, '')
}

const secondary_limit_ms = 60_000

/** How long to stay away; null when the answer is no rate limit. `now_ms` since the epoch. */
export function limitOf(error: unknown, now_ms: number): number | null {
  if (!said(error, 403, 429)) return null
  const header = error.response?.headers ?? {}
  const after_s = Number(header['retry-after'])
  if (Number.isFinite(after_s) && after_s > 0) return after_s * 1000
  if (String(header['x-ratelimit-remaining']) === '0') return Math.max(1000, Number(header['x-ratelimit-reset']) * 1000 - now_ms)
  return error.status === 429 || /secondary rate limit|abuse detection/i.test(message(error)) ? secondary_limit_ms : null
}

/** Trouble that passes by itself: away, cut, too slow, or something in between that speaks HTML. */
export function awayOf(error: unknown): ForgeAway | null {
  if (!isHttpError(error)) return null
  const page = error.status >= 400 && typeof error.response?.data === 'string' && /^\s*</.test(error.response.data)
  if (error.status < 500 && error.status !== 408 && !page) return null
  const why = error.response === undefined ? error.message : `answer ${error.status}`
  return new ForgeAway(`GitHub did not answer as it should (${why}); what it did is looked up at the next try.`)
}

/** What is left at the end of an act: for a person. */
export function refusalOf(error: unknown, doing: string): unknown {
  if (!isHttpError(error)) return error
  return new ForgeRefused(`GitHub refused to ${doing}: ${sentence(error)}`)
}

function sentence(error: HttpError): string {
  const needed = error.response?.headers['x-accepted-github-permissions']
  switch (error.status) {
    case 401:
      return "it does not accept the app's credentials. Check the app id, the private key and this machine's clock."
    case 403:
      return `${message(error)}${needed === undefined ? '' : ` (it asks for ${needed})`}. Check the app's permissions and the repository's settings.`
    case 404:
      return 'it is not there any more, or the app may not see it. Check that the app is installed on the repository.'
    case 410:
      return `${message(error)}. It was deleted, or issues are switched off in this repository.`
    case 451:
      return 'the repository is blocked for legal reasons.'
    default:
      return `${wholeMessage(error)} (${error.status}).`
  }
}
