import { createHmac, timingSafeEqual } from 'node:crypto'

/** The current secret's signature of a body that one of the secrets has signed; null when none has. Two count during rotation. */
export function currentSignature(secrets: readonly [string, ...string[]], body: Buffer, header: string | undefined): string | null {
  const [current] = secrets
  const given = Buffer.from(header ?? '')
  const fits = secrets.filter((secret) => same(given, Buffer.from(signatureOf(secret, body))))
  return fits.length > 0 ? signatureOf(current, body) : null
}

function signatureOf(secret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
