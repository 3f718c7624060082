import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { roleOf } from './access.ts'
import { locked, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { findUser } from './show/user.ts'
import type { AttachmentRecord, RepositoryRecord } from './world.ts'

/** A file that somebody drops into a text on the site; there is no REST for it. */
export interface NewAttachment {
  repository: RepositoryRecord
  login: string
  name: string
  bytes: Uint8Array
}

const types: Record<string, string> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.webp': 'image/webp', '.svg': 'image/svg+xml' }

/** Keeps it and gives the address that texts show it by. */
export async function attach(machine: Machine, { repository, login, name, bytes }: NewAttachment): Promise<string> {
  const record: AttachmentRecord = {
    id: randomUUID(),
    repository_id: repository.id,
    user: login,
    name,
    type: types[extname(name).toLowerCase()] ?? 'application/octet-stream',
    created_at: timestamp(machine),
  }
  return locked(machine, repository.id, async () => {
    await write(fileOf(machine.data_dir, record.id), bytes)
    machine.world.attachments.push(record)
    return `${machine.url}/user-attachments/assets/${record.id}`
  })
}

const own = /^\/user-attachments\/assets\/([0-9a-f-]{36})$/
const stored = /^\/private-user-images\/\d+\/[\w.-]*?([0-9a-f-]{36})[\w.-]*$/
const signed_ms = 5 * 60_000

/** Where the rendered text shows an attachment from: signed, for five minutes. What is no attachment stays as it is. */
export function shownAddress(machine: Machine, address: string): string {
  const [, id] = address.startsWith(machine.url) ? (own.exec(address.slice(machine.url.length)) ?? []) : []
  const record = machine.world.attachments.find((candidate) => candidate.id === id)
  return record === undefined ? address : signed(machine, record)
}

export interface FileReply {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

/** Answers for the addresses of attachments; null for all others. */
export async function serveAttachment(machine: Machine, url: URL, viewer: string): Promise<FileReply | null> {
  const [, id] = own.exec(url.pathname) ?? []
  if (id !== undefined) {
    const record = machine.world.attachments.find((candidate) => candidate.id === id)
    return record !== undefined && maySee(machine, record, viewer) ? { status: 302, headers: { location: signed(machine, record) }, body: '' } : gone
  }
  const [, kept] = stored.exec(url.pathname) ?? []
  if (kept === undefined) return null
  const record = machine.world.attachments.find((candidate) => candidate.id === kept)
  if (record === undefined || !isSigned(machine, url)) return gone
  const bytes = await readFile(fileOf(machine.data_dir, record.id))
  return {
    status: 200,
    headers: { 'content-type': record.type, 'content-length': String(bytes.length), 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' },
    body: bytes,
  }
}

/** What a killed process had begun to attach, nobody was told of. */
export async function dropUnknown(data_dir: string, known: readonly AttachmentRecord[]): Promise<void> {
  const ids = new Set(known.map(({ id }) => id))
  for (const name of await readdir(join(data_dir, 'attachments')).catch(() => [])) if (!ids.has(name)) await rm(join(data_dir, 'attachments', name), { force: true })
}

const gone: FileReply = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' }

/** Of a public repository everybody, of a private one those with a session; no token counts here. */
function maySee(machine: Machine, record: AttachmentRecord, viewer: string): boolean {
  const repository = machine.world.repositories.find((candidate) => candidate.id === record.repository_id)
  if (repository === undefined) return false
  return !repository.private || (viewer !== '' && roleOf(repository, viewer) !== 'none')
}

function signed(machine: Machine, record: AttachmentRecord): string {
  const path = `/private-user-images/${findUser(machine, record.user)?.id ?? 0}/${record.id}${extname(record.name)}`
  const claims = Buffer.from(JSON.stringify({ path, exp: machine.clock() + signed_ms })).toString('base64url')
  return `${machine.url}${path}?jwt=${claims}.${mac(machine, claims)}`
}

function isSigned(machine: Machine, url: URL): boolean {
  const [claims = '', given = ''] = (url.searchParams.get('jwt') ?? '').split('.')
  const right = mac(machine, claims)
  if (given.length !== right.length || !timingSafeEqual(Buffer.from(given), Buffer.from(right))) return false
  const { path, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { path: string; exp: number }
  return path === url.pathname && exp > machine.clock()
}

function mac(machine: Machine, text: string): string {
  return createHmac('sha256', machine.secret).update(text).digest('base64url')
}

function fileOf(data_dir: string, id: string): string {
  return join(data_dir, 'attachments', id)
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
