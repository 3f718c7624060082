import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'

import type { Passage } from '../../../ports/sandbox.ts'
import { addressOf } from './address.ts'
import { nameAsked } from './greeting.ts'
import { allowed, entryFor, type Allowed, type Registries } from './registries.ts'

/** The only way out of a sandbox that sets up: a proxy on a socket file, for registries and nothing else. */
export interface Egress {
  socket: string
  /** What went where, and what was refused, oldest first. */
  passages(): Passage[]
  close(): Promise<void>
}

/** Fetching asks little and gets much: what sends more than this carries something out. */
const SENT_BYTES = 32 * 1024 ** 2
const CONNECTIONS = 128
const IDLE_MS = 120_000
const HELLO_BYTES = 64 * 1024
/** More are counted in the last. */
const PASSAGES = 200

export async function openEgress(registries: Registries): Promise<Egress> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-egress-'))
  const socket = join(dir, 'proxy.sock')
  const book = new Book()
  const rules = allowed(registries)
  const server = createServer()
  const open = new Set<Duplex>()
  server.maxConnections = CONNECTIONS
  server.on('connection', (one) => keep(open, one))
  server.on('connect', (ask: IncomingMessage, client: Duplex, head: Buffer) => void tunnel({ ask, client, head }, rules, book).catch(() => client.destroy()))
  server.on('request', (ask, answer) => void forward(ask, answer, { rules, book }).catch(() => answer.destroy()))
  server.on('clientError', (_, client) => client.destroy())
  await listening(server, socket)
  return {
    socket,
    passages: () => book.passages(),
    async close() {
      for (const one of open) one.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** `CONNECT host:port`: bytes go through unread, but for the first, which must ask for that very host. */
async function tunnel({ ask, client, head }: { ask: IncomingMessage; client: Duplex; head: Buffer }, rules: readonly Allowed[], book: Book): Promise<void> {
  client.on('error', () => client.destroy())
  const target = targetOf(ask.url ?? '')
  const way = target === null ? { refused: `not a host and a port: ${ask.url}` } : await wayTo(target, rules)
  const to = target === null ? String(ask.url) : `${target.host}:${target.port}`
  if ('refused' in way) {
    book.refused(to, way.refused)
    client.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nX-Missions: ${header(way.refused)}\r\nConnection: close\r\n\r\n${way.refused}\n`)
    return
  }
  const passage = book.passed(to)
  const up = connect({ host: way.address, port: way.port })
  up.setTimeout(IDLE_MS, () => up.destroy())
  up.on('error', (error) => {
    passage.trouble = error.message
    client.destroy()
  })
  up.on('close', () => client.destroy())
  client.on('end', () => up.end())
  client.on('close', () => up.destroy())
  up.once('connect', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
  up.on('data', (chunk: Buffer) => (passage.received_bytes += chunk.length))
  up.pipe(client)
  const checked = way.entry.port === null && way.port === 443 && isIP(way.entry.host) === 0
  let first: Buffer | null = checked ? Buffer.alloc(0) : null
  const take = (chunk: Buffer) => {
    if (book.full(passage, chunk.length)) return void up.destroy()
    if (first === null) return pass(client, up, chunk)
    first = Buffer.concat([first, chunk])
    const asked = nameAsked(first)
    if (asked === 'more' && first.length < HELLO_BYTES) return
    if (asked === 'more' || asked === 'not tls' || asked.name !== way.entry.host) {
      book.refused(to, `what was sent to ${way.entry.host} is not TLS for ${way.entry.host}`)
      return void up.destroy()
    }
    pass(client, up, first)
    first = null
  }
  if (head.length > 0) take(head)
  client.on('data', take)
}

function pass(from: Duplex, to: Socket, chunk: Buffer): void {
  if (to.write(chunk)) return
  from.pause()
  to.once('drain', () => from.resume())
}

/** `GET http://host/path`: reading only, for a registry that speaks plain HTTP. */
async function forward(ask: IncomingMessage, answer: ServerResponse, { rules, book }: { rules: readonly Allowed[]; book: Book }): Promise<void> {
  const url = URL.canParse(ask.url ?? '') ? new URL(ask.url ?? '') : null
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  const port = url === null ? 0 : Number(url.port || 80)
  const to = url === null ? String(ask.url) : `${host}:${port}`
  const way = await readingWay()
  if ('refused' in way) {
    book.refused(to, way.refused)
    answer.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${way.refused}\n`)
    return
  }
  const passage = book.passed(to)
  const { 'proxy-connection': _, 'proxy-authorization': __, connection: ___, ...headers } = ask.headers
  if (book.full(passage, (ask.url?.length ?? 0) + ask.rawHeaders.join('').length)) return void answer.destroy()
  const up = request({ host: way.address, port: way.port, method: ask.method, path: `${url?.pathname ?? '/'}${url?.search ?? ''}`, headers: { ...headers, host: url?.host ?? host }, agent: false })
  up.setTimeout(IDLE_MS, () => up.destroy())
  up.on('error', (error) => {
    passage.trouble = error.message
    if (answer.headersSent) answer.destroy()
    else answer.writeHead(502, { 'content-type': 'text/plain' }).end(`${host}: ${error.message}\n`)
  })
  up.on('response', (found) => {
    answer.writeHead(found.statusCode ?? 502, found.rawHeaders)
    found.on('data', (chunk: Buffer) => (passage.received_bytes += chunk.length))
    found.pipe(answer)
  })
  answer.on('close', () => up.destroy())
  up.end()

  async function readingWay(): ReturnType<typeof wayTo> {
    if (url === null || url.protocol !== 'http:') return { refused: 'only http addresses go this way, https goes by CONNECT' }
    if (ask.method !== 'GET' && ask.method !== 'HEAD') return { refused: `${ask.method} is refused: over plain HTTP set-up only reads` }
    return wayTo({ host, port }, rules)
  }
}

type Way = { address: string; port: number; entry: Allowed } | { refused: string }

async function wayTo({ host, port }: { host: string; port: number }, rules: readonly Allowed[]): Promise<Way> {
  const entry = entryFor(rules, host, port)
  if (entry === null) return { refused: `${host}:${port} is not an allowed registry: set-up reaches package registries only (MISSIONS_REGISTRIES names further ones)` }
  const found = await addressOf(entry)
  return 'refused' in found ? found : { address: found.address, port, entry }
}

function targetOf(text: string): { host: string; port: number } | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/@\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  return host === undefined ? null : { host, port: Number(port) }
}

function header(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300)
}

function keep(open: Set<Duplex>, one: Socket): void {
  open.add(one)
  one.on('error', () => one.destroy())
  one.on('close', () => open.delete(one))
}

async function listening(server: Server, socket: string): Promise<void> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(socket, done)
  })
}

/** Who went where, one line for each destination and fate. What is sent is counted over all of a set-up: many small letters are as long as one. */
class Book {
  readonly #passages: Passage[] = []
  #sent_bytes = 0

  passages(): Passage[] {
    return this.#passages.map((passage) => ({ ...passage }))
  }

  passed(to: string): Passage {
    return this.#line(to, null)
  }

  refused(to: string, why: string): void {
    this.#line(to, why)
  }

  /** True when no more may be sent. */
  full(passage: Passage, bytes: number): boolean {
    passage.sent_bytes += bytes
    this.#sent_bytes += bytes
    if (this.#sent_bytes <= SENT_BYTES) return false
    this.refused(passage.to, `set-up sent more than ${SENT_BYTES / 1024 ** 2} MiB; fetching needs far less`)
    return true
  }

  #line(to: string, why: string | null): Passage {
    const known = this.#passages.find((one) => one.to === to.slice(0, 200) && (one.refused ?? null) === why)
    if (known !== undefined) {
      known.times += 1
      return known
    }
    const passage: Passage = { to: to.slice(0, 200), times: 1, sent_bytes: 0, received_bytes: 0, ...(why === null ? {} : { refused: why }) }
    if (this.#passages.length < PASSAGES) this.#passages.push(passage)
    return passage
  }
}
