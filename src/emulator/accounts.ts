import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { nextId, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { sameName } from './world.ts'
import type { AppRecord, Permissions, UserRecord } from './world.ts'

const allPermissions: Permissions = {
  actions: 'read',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
}

const allEvents = 'check_run check_suite create delete issue_comment issue_dependencies issues label pull_request pull_request_review pull_request_review_comment push status sub_issues'.split(' ')

export function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  return privateKey
}

export function publicKey(private_key: string): string {
  return createPublicKey(createPrivateKey(private_key)).export({ type: 'spki', format: 'pem' }).toString()
}

interface NewApp {
  id: number
  slug: string
  public_key: string
  permissions?: Permissions
  events?: string[]
}

export function addApp(machine: Machine, asked: NewApp): AppRecord {
  const bot = `${asked.slug}[bot]`
  addUser(machine, bot, 'Bot')
  const app: AppRecord = {
    id: asked.id,
    slug: asked.slug,
    client_id: `Iv23li${String(asked.id).padStart(14, '0')}`,
    public_key: asked.public_key,
    bot,
    permissions: { metadata: 'read', ...(asked.permissions ?? allPermissions) },
    events: asked.events ?? allEvents,
    created_at: timestamp(machine),
  }
  machine.world.apps.push(app)
  return app
}

export function addUser(machine: Machine, login: string, type: UserRecord['type']): UserRecord {
  const known = machine.world.users.find((user) => sameName(user.login, login))
  if (known !== undefined) return known
  const user = { id: nextId(machine), login, type, created_at: timestamp(machine) }
  machine.world.users.push(user)
  return user
}
