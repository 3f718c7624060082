import { createSign } from 'node:crypto'

/** The token by which an app speaks for itself, for nine minutes. Begins a minute ago: clocks differ. */
export function appToken(app: { app_id: number; private_key: string }, now_ms: number): string {
  const now = Math.floor(now_ms / 1000)
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: String(app.app_id), iat: now - 60, exp: now + 9 * 60 })}`
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(app.private_key, 'base64url')}`
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
