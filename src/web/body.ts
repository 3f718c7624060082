import type { IncomingMessage } from 'node:http'

export type Body = { is: 'whole'; bytes: Buffer } | { is: 'too_large' } | { is: 'crowded' } | { is: 'cut' }

/** Reads bodies of at most `body_limit_bytes`, and of all that come at once no more than `total_limit_bytes`. */
export function createBodyReader(limits: { body_limit_bytes: number; total_limit_bytes: number }): (request: IncomingMessage) => Promise<Body> {
  let held = 0

  return async (request) => {
    // Announced too large: not a byte of it is read.
    if (Number(request.headers['content-length'] ?? 0) > limits.body_limit_bytes) return { is: 'too_large' }
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) continue
        size += chunk.length
        held += chunk.length
        if (size > limits.body_limit_bytes) return { is: 'too_large' }
        if (held > limits.total_limit_bytes) return { is: 'crowded' }
        chunks.push(chunk)
      }
      return { is: 'whole', bytes: Buffer.concat(chunks) }
    } catch {
      // The other side hung up; there is nobody to tell.
      return { is: 'cut' }
    } finally {
      held -= size
    }
  }
}
