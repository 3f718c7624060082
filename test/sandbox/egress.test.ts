import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'

import { expect, onTestFinished, test } from 'vitest'

import { addressOf } from '../../src/adapters/sandbox/egress/address.ts'
import { nameAsked } from '../../src/adapters/sandbox/egress/greeting.ts'
import { allowed, entryFor, type Registries } from '../../src/adapters/sandbox/egress/registries.ts'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import type { Sandbox, SetUpSandbox } from '../../src/ports/sandbox.ts'
import { startNpmRegistry, type NpmRegistry } from '../support/npm-registry.ts'
import { opened, options, sh, temporary } from './made.ts'

interface SettingUp extends AsyncDisposable {
  sandbox: Sandbox
  passages: SetUpSandbox['passages']
  dir: string
  home: string
}

async function settingUp(registries: Partial<Registries>): Promise<SettingUp> {
  const [dir, home] = [await temporary(), await temporary()]
  const open = await bubblewrapSandboxes({ ...options, registries: { named: [], without: ['*'], env: {}, ...registries } }).openSetUp({ run: 'set-up', workdir: dir, home })
  return { sandbox: open.sandbox, passages: () => open.passages(), dir, home, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() }
}

async function registry(): Promise<NpmRegistry> {
  const started = await startNpmRegistry([{ name: 'leftish', version: '1.2.0', files: { 'index.js': 'module.exports = (text) => text.padStart(9)' } }])
  onTestFinished(() => started[Symbol.asyncDispose]())
  return started
}

/** A host that is not on the list, on this very machine, which would be easiest to reach. */
async function other(): Promise<{ host: string; server: Server; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => response.end(asked.push(request.url ?? '') && 'reached')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { host: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, server, asked }
}

test('npm fetches from a registry on the list, and the passage is told', async () => {
  const npm = await registry()
  await using box = await settingUp({ env: { NPM_CONFIG_REGISTRY: npm.url } })
  await writeFile(join(box.dir, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { leftish: '1.2.0' } }))
  await writeFile(join(box.dir, 'package-lock.json'), npm.lock('app'))
  const installed = await sh(box.sandbox, "npm ci && node -p \"require('leftish')(1+'')\"", { timeout_ms: 60_000 })
  expect(installed, installed.stderr).toMatchObject({ exit: 0, stdout: expect.stringContaining('        1') })
  expect(npm.asked).toContain('/leftish/-/leftish-1.2.0.tgz')
  expect(box.passages()).toEqual([{ to: npm.host, times: expect.any(Number), sent_bytes: expect.any(Number), received_bytes: expect.any(Number) }])
})

test('every other host is refused in words, whichever way it is asked for', async () => {
  const npm = await registry()
  const elsewhere = await other()
  await using box = await settingUp({ named: [npm.host] })
  const ways = [
    `curl -sS http://${elsewhere.host}/a`,
    `curl -sS --proxytunnel http://${elsewhere.host}/b`,
    `curl -sS https://example.com/c`,
    `curl -sS http://${npm.host}@${elsewhere.host}/d`,
    `curl -sS -H 'Host: ${npm.host}' http://${elsewhere.host}/e`,
  ]
  for (const way of ways) {
    const asked = await sh(box.sandbox, `${way} || true`)
    expect(`${asked.stdout}${asked.stderr}`, way).toMatch(/is not an allowed registry|CONNECT tunnel failed, response 403|response 403/)
  }
  expect((await sh(box.sandbox, `curl -sS -X PUT -d secret http://${npm.host}/leftish`)).stdout).toContain('PUT is refused')
  expect(elsewhere.asked).toEqual([])
  expect(npm.asked).toEqual([])
  expect(box.passages().map(({ to, refused }) => [to, refused?.split(':')[0] ?? null])).toContainEqual(['example.com:443', 'example.com'])
  expect(box.passages().every(({ refused }) => refused !== undefined)).toBe(true)
})

test('past the proxy there is nothing: no socket, no name service, no other address', async () => {
  const npm = await registry()
  await using box = await settingUp({ named: [npm.host] })
  const dial = async (place: string) => (await sh(box.sandbox, `(exec 3<>/dev/tcp/${place}) 2>&1`)).stdout
  expect(await dial('1.1.1.1/443')).toMatch(/unreachable/)
  expect(await dial('169.254.169.254/80')).toMatch(/unreachable/)
  expect(await dial(npm.host.replace(':', '/'))).toMatch(/Connection refused/)
  expect((await sh(box.sandbox, 'curl -sS --noproxy "*" https://registry.npmjs.org/ 2>&1')).stdout).toMatch(/Could not resolve/)
  expect((await sh(box.sandbox, `node -e "require('node:dns').resolve4('registry.npmjs.org', (e) => console.log(e.code))"`)).stdout).toMatch(/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/)
  expect((await sh(box.sandbox, `tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '`)).stdout).toBe('lo\n')
  expect((await sh(box.sandbox, 'ls /run /var /root 2>/dev/null; grep CapEff /proc/self/status | cut -f2')).stdout).toBe('0000000000000000\n')
})

test('a sandbox for anything else has no way out, and knows of none', async () => {
  const npm = await registry()
  const registries = { named: [npm.host], without: [], env: { NPM_CONFIG_REGISTRY: npm.url } }
  await using box = await opened(bubblewrapSandboxes({ ...options, registries }))
  expect((await sh(box.sandbox, 'env | grep -i -E "proxy|registry"; ls /opt/missions/egress.sock 2>/dev/null; true')).stdout).toBe('')
  expect((await sh(box.sandbox, `curl -sS http://${npm.host}/leftish 2>&1`)).stdout).toMatch(/refused|Could not connect|Failed to connect/)
  expect(npm.asked).toEqual([])
})

test('the proxy ends with its sandbox', async () => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('missions-egress-')).length
  const box = await settingUp({ named: ['127.0.0.1:9'] })
  await box[Symbol.asyncDispose]()
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('missions-egress-')).length).toBeLessThanOrEqual(before)
  await expect(sh(box.sandbox, 'true')).rejects.toThrow()
})

test('the host that a TLS client asks for is read from its first words', async () => {
  const heard: Buffer[] = []
  const server = createSocketServer((socket) => socket.on('data', (chunk) => heard.push(chunk)).on('error', () => undefined)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  expect(nameAsked(Buffer.from('SSH-2.0-x\r\n'))).toBe('not tls')
  expect(nameAsked(Buffer.from([22, 3]))).toBe('more')
  // What a real client says first.
  const address = server.address()
  const client = connect({ host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0, servername: 'registry.example' })
  client.on('error', () => undefined)
  await expect.poll(() => nameAsked(Buffer.concat(heard))).toEqual({ name: 'registry.example' })
  client.destroy()
})

test('files for the clients are seen at their place in the home, and stay outside of what is kept', async () => {
  const files = await temporary()
  await writeFile(join(files, '.npmrc'), 'registry=http://127.0.0.1:9/\n')
  await using box = await settingUp({ home: files })
  expect((await sh(box.sandbox, 'npm config get registry; echo x >> ~/.npmrc; echo kept > ~/made')).stdout).toBe('http://127.0.0.1:9/\n')
  await box[Symbol.asyncDispose]()
  expect(await readdir(box.home)).toEqual(['.npm', 'made'])
})

test('hosts are held against the list by name and port; private networks are for hosts that were named', async () => {
  const list = allowed({ named: ['npm.corp.example', 'cache.example:8443', 'localhost:4873', '10.1.2.3'], without: ['rubygems.org'], env: { GOPROXY: 'https://go.corp.example,direct' } })
  const on = (host: string, port = 443) => entryFor(list, host, port) !== null
  expect([on('registry.npmjs.org'), on('REGISTRY.npmjs.org.'), on('registry.npmjs.org', 80), on('registry.npmjs.org', 22)]).toEqual([true, true, true, false])
  expect([on('evil.registry.npmjs.org'), on('registry.npmjs.org.evil.example'), on('rubygems.org'), on('cache.example'), on('cache.example', 8443)]).toEqual([false, false, false, false, true])
  expect([on('go.corp.example'), on('npm.corp.example'), on('localhost', 4873)]).toEqual([true, true, true])
  const leads = async (host: string, named: boolean) => Object.keys(await addressOf({ host, port: null, named }))
  expect(await leads('10.1.2.3', true)).toEqual(['address'])
  expect(await leads('localhost', true)).toEqual(['address'])
  for (const host of ['10.1.2.3', 'localhost', '192.168.0.1', '::ffff:10.0.0.1', 'fd00::1', '100.64.0.1']) expect(await leads(host, false), host).toEqual(['refused'])
  // The metadata services of clouds, and what means every address of this machine, whoever named it.
  for (const host of ['169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', '0.0.0.0', '::']) expect(await leads(host, true), host).toEqual(['refused'])
})
