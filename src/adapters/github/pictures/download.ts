import { setTimeout as sleep } from 'node:timers/promises'
import type { PictureTrouble } from '../../../domain/pictures.ts'

export type Got = { bytes: Uint8Array } | { trouble: PictureTrouble }

export interface Download {
  url: URL
  /** Where it may lead on to. */
  may: (url: URL) => boolean
  limit_bytes: number
  signal: AbortSignal
}

const redirects_at_most = 4
const timeout_ms = 30_000
const pauses_ms = [300, 1_500]

/** A file from outside, without any credential: bounded in bytes, time, redirects and tries. What goes wrong is an answer. */
export async function download(wanted: Download): Promise<Got> {
  for (const pause_ms of pauses_ms) {
    const got = await once(wanted)
    if (!('trouble' in got) || got.trouble.why !== 'no_answer') return got
    await sleep(pause_ms, undefined, { signal: wanted.signal })
  }
  return once(wanted)
}

async function once({ url: first, may, limit_bytes, signal }: Download): Promise<Got> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeout_ms)])
  let url = first
  try {
    for (let hop = 0; hop <= redirects_at_most; hop++) {
      // By hand: every address on the way is looked at before it is asked.
      const response = await fetch(url, { redirect: 'manual', signal: over, headers: { accept: 'image/png, image/jpeg, image/gif, image/webp', 'user-agent': 'missions' } })
      const location = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel()
        const next = urlOf(location, url)
        if (!next || !may(next)) return { trouble: { why: 'led_elsewhere', host: next?.hostname ?? '' } }
        url = next
        continue
      }
      if (response.ok) return await bodyOf(response, limit_bytes)
      await response.body?.cancel()
      const later = response.status >= 500 || response.status === 429 || response.status === 408
      return { trouble: later ? { why: 'no_answer', detail: `it answered ${response.status}` } : { why: 'not_found', status: response.status } }
    }
    return { trouble: { why: 'led_elsewhere', host: url.hostname } }
  } catch (error) {
    signal.throwIfAborted()
    return { trouble: { why: 'no_answer', detail: wordsOf(error) } }
  }
}

async function bodyOf(response: Response, limit_bytes: number): Promise<Got> {
  const too_large = { trouble: { why: 'too_large', limit_bytes } } as const
  if (Number(response.headers.get('content-length') ?? 0) > limit_bytes) {
    await response.body?.cancel()
    return too_large
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop ends the transfer: more than the limit is never taken.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > limit_bytes) return too_large
    chunks.push(chunk)
  }
  return { bytes: Buffer.concat(chunks) }
}

function urlOf(location: string, from: URL): URL | null {
  try {
    return new URL(location, from)
  } catch {
    return null
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing came for ${timeout_ms / 1000} s`
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message
}
