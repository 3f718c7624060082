import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { z } from 'zod'
import { anonymous } from './actor.ts'
import type { Actor } from './actor.ts'
import { timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { Refusal } from './refusal.ts'
import { sameName } from './world.ts'
import type { AppRecord, InstallationRecord, Permissions, TokenRecord } from './world.ts'

/** Who an `Authorization` header speaks for: a person (`user-<login>`), an app (JWT) or an installation. */
export function authenticate(machine: Machine, header: string | undefined): Actor {
  if (header === undefined) return anonymous
  const credential = credentialIn(header)
  if (credential === '') return anonymous
  if (credential.startsWith('ghs_')) return installationActor(machine, credential)
  if (credential.startsWith('user-')) return personActor(machine, credential.slice('user-'.length))
  if (credential.split('.').length === 3) return { kind: 'app', login: '', app: verifyAppToken(machine, credential) }
  throw badCredentials()
}

function credentialIn(header: string): string {
  const [scheme = '', value = ''] = header.split(' ')
  if (!sameName(scheme, 'basic')) return value
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}

function badCredentials(): Refusal {
  return new Refusal(401, 'Bad credentials')
}

function personActor(machine: Machine, login: string): Actor {
  const user = machine.world.users.find((candidate) => sameName(candidate.login, login) && candidate.type === 'User')
  if (user === undefined) throw badCredentials()
  return { kind: 'person', login: user.login }
}

function installationActor(machine: Machine, credential: string): Actor {
  const token = machine.world.tokens.find((candidate) => candidate.token === credential)
  const installation = machine.world.installations.find((candidate) => candidate.id === token?.installation_id)
  const app = machine.world.apps.find((candidate) => candidate.id === installation?.app_id)
  if (!token || !installation || !app || token.expires_at <= machine.clock()) throw badCredentials()
  if (installation.suspended_at !== null) throw new Refusal(403, 'This installation has been suspended')
  return { kind: 'installation', login: app.bot, app, installation, token }
}

const header = z.object({ alg: z.literal('RS256') })
const claims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() })

function verifyAppToken(machine: Machine, jwt: string): AppRecord {
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  const claim = claims.safeParse(decoded(payload))
  if (!header.safeParse(decoded(head)).success || !claim.success) throw undecodable()
  const { iss, iat, exp } = claim.data
  const app = machine.world.apps.find((candidate) => String(candidate.id) === String(iss) || candidate.client_id === iss)
  if (app === undefined) throw new Refusal(404, 'Integration not found')
  const genuine = verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), createPublicKey(app.public_key), Buffer.from(signature, 'base64url'))
  if (!genuine) throw undecodable()
  checkTimes(machine.clock() / 1000, iat, exp)
  return app
}

/** GitHub takes ten minutes at most, and clocks that differ by a little. */
function checkTimes(now: number, iat: number, exp: number): void {
  if (exp <= now) {
    throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
  }
  if (exp > now + 600 + 30) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
  if (iat > now + 30) throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
}

function undecodable(): Refusal {
  return new Refusal(401, 'A JSON web token could not be decoded')
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

const hour_ms = 3_600_000

export function mintToken(machine: Machine, installation: InstallationRecord, permissions: Permissions, repository_ids: number[] | null): TokenRecord {
  const token: TokenRecord = {
    token: tokenText(machine, installation),
    installation_id: installation.id,
    permissions,
    repository_ids,
    expires_at: machine.clock() + hour_ms,
  }
  machine.world.tokens.push(token)
  return token
}

/** About 520 characters since April 2026: the old short form would hide mistakes in redaction. */
function tokenText(machine: Machine, installation: InstallationRecord): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = { iss: 'emulator', sub: String(installation.id), iat: timestamp(machine), jti: randomBytes(12).toString('hex') }
  return `ghs_${installation.app_id}_${part({ typ: 'JWT', alg: 'RS256' })}.${part(payload)}.${randomBytes(256).toString('base64url')}`
}
