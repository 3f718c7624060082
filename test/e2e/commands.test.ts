import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startEmulator } from '../../src/emulator/emulator.ts'
import { packageRoot } from '../../src/paths.ts'
import { freePort, until } from '../../src/stage/processes.ts'
import { testRedis } from '../support/redis.ts'
import { allGone, descendants, given, missions } from './missions.ts'

// Each starts processes, and other tests may be busy beside.
vi.setConfig({ testTimeout: 120_000 })

const cli = join(packageRoot, 'dist/cli.js')

function folder(): { dir: string } & Disposable {
  const dir = mkdtempSync(join(tmpdir(), 'missions-commands-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A GitHub and a Redis, and the environment that points an app at them. */
async function surroundings(dir: string) {
  const emulator = await startEmulator({ data_dir: join(dir, 'github'), webhook: null, app: { id: 4242, slug: 'missions' } })
  const redis = await testRedis()
  const env = {
    APP_ID: '4242',
    PRIVATE_KEY: emulator.app.private_key,
    WEBHOOK_SECRET: 'a secret',
    PORT: String(await freePort()),
    HOST: '127.0.0.1',
    GITHUB_API_URL: `${emulator.url}/api/v3`,
    REDIS_URL: redis.url,
    ANTHROPIC_API_KEY: 'nobody is called',
    MISSIONS_DATA_DIR: join(dir, 'data'),
  }
  return {
    env,
    redis,
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]()
      await redis[Symbol.asyncDispose]()
    },
  }
}

async function healthy(port: string): Promise<unknown> {
  return until(
    '/healthz to answer',
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null)
      return answer?.ok ? answer.json() : null
    },
    30_000,
  )
}

test('without a command, missions says what it can do', async () => {
  await using asked = missions([])
  const { code, said } = await asked.ended()
  expect(code).toBe(0)
  for (const command of ['start', 'rehearse', 'emulator', 'inspect']) expect(said).toContain(`missions ${command}`)
})

test('a command that is none is refused with the list of those that are', async () => {
  await using asked = missions(['rehearsal'])
  const { code, said } = await asked.ended()
  expect(code).toBe(2)
  expect(said).toContain('missions has no command rehearsal.')
  expect(said).toContain('missions rehearse')
})

test.each([
  { args: ['rehearse', '--defect', '99'], tells: '--defect takes none or numbers from 1 to 8' },
  { args: ['rehearse', '--defects', '1'], tells: "Unknown option '--defects'" },
  { args: ['emulator', '--port', 'here'], tells: 'usage: missions emulator --port P --repo PATH' },
  { args: ['inspect', '7-1'], tells: 'REDIS_URL says where the journal is.' },
])('missions $args tells how it is called', async ({ args, tells }) => {
  await using asked = missions(args)
  const { code, said } = await asked.ended()
  expect(said).toContain(tells)
  expect(said).not.toMatch(/^ {4}at /m)
  expect(code).toBe(1)
})

test('a configuration with several mistakes is refused with all of them', async () => {
  await using started = missions(['start'], {
    APP_ID: 'missions',
    PRIVATE_KEY_PATH: '/nowhere/key.pem',
    PORT: '70000',
    ANTHROPIC_BASE_URL: 'relay',
    MISSIONS_TRUST: 'full',
    MISSIONS_PARALLEL_WORKERS: '0',
    MISSIONS_EFFORT_WORKER: 'huge',
  })
  const { code, said } = await started.ended()
  expect(code).toBe(1)
  const lines = said.trim().split('\n')
  expect(lines[0]).toBe('The configuration has 10 mistakes:')
  expect(lines.slice(1).map((line) => line.trim().split(':')[0] ?? '')).toEqual([
    'APP_ID',
    'PRIVATE_KEY_PATH',
    'WEBHOOK_SECRET',
    'PORT',
    'REDIS_URL',
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_BASE_URL',
    'MISSIONS_TRUST',
    'MISSIONS_PARALLEL_WORKERS',
    'MISSIONS_EFFORT_WORKER',
  ])
})

test('the emulator prints an environment that a start takes as it is, and both end at SIGTERM', async () => {
  using place = folder()
  await using redis = await testRedis()
  const port = String(await freePort())
  await using emulator = missions(['emulator', '--port', '0', '--repo', join(packageRoot, 'dist/rehearsal/seed'), '--data', join(place.dir, 'github'), '--app-port', port])
  const exports = await until('the emulator to print its environment', async () => /^export PRIVATE_KEY='[^']+'$/m.test(emulator.said()) && emulator.said())
  expect(exports).toMatch(/http:\/\/127\.0\.0\.1:\d+\/local\/seed is up/)

  // As a person does it: the shell takes the lines in, and what was not printed is set beside.
  await using app = given(['bash', '-c', 'eval "$1"; exec "$2" "$3" start', 'bash', exports, process.execPath, cli], {
    REDIS_URL: redis.url,
    ANTHROPIC_API_KEY: 'nobody is called',
    MISSIONS_DATA_DIR: join(place.dir, 'data'),
  })
  expect(await Promise.race([healthy(port), app.ended()])).toMatchObject({ ok: true, store: 'reachable' })
  await until('the app to say that it has started', async () => app.said().includes('"started"'))

  for (const one of [app, emulator]) {
    const family = descendants(one.pid)
    one.tell('SIGTERM')
    expect(await one.ended()).toMatchObject({ code: 0 })
    await allGone(family)
  }
})

test('a start whose app GitHub does not know says what to check, and ends', async () => {
  using place = folder()
  await using around = await surroundings(place.dir)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  await using started = missions(['start', '--web'], { ...around.env, PRIVATE_KEY: privateKey })
  const { code, said } = await started.ended()
  expect(said).toContain('Check APP_ID and the private key.')
  expect(code).toBe(1)
})

test('a start where no sandbox can be made says the remedy, and ends', async () => {
  using place = folder()
  await using around = await surroundings(place.dir)
  // Inside this, nobody may make a namespace.
  await using started = given([...'bwrap --dev-bind / / --unshare-user --disable-userns --die-with-parent --'.split(' '), process.execPath, cli, 'start', '--worker'], around.env)
  const { code, said } = await started.ended()
  expect(said).toMatch(/No agent can run here: .*refuses? user namespaces/)
  expect(code).toBe(1)
})

test('a start without bubblewrap names the package', async () => {
  using place = folder()
  await using around = await surroundings(place.dir)
  // The machine as it is, but for one program: /usr/bin is a folder of links to all the others.
  const [bin, links] = [join(place.dir, 'bin'), join(place.dir, 'links')]
  for (const dir of [bin, links]) mkdirSync(dir)
  for (const name of readdirSync('/usr/bin')) if (name !== 'bwrap') symlinkSync(join(bin, name), join(links, name))
  await using started = given(
    [...`bwrap --dev-bind / / --dev-bind /usr/bin ${bin} --dev-bind ${links} /usr/bin --die-with-parent --`.split(' '), process.execPath, cli, 'start', '--worker'],
    around.env,
  )
  const { code, said } = await started.ended()
  expect(said).toContain('No agent can run here: bubblewrap is not installed: apt-get install bubblewrap')
  expect(code).toBe(1)
})

test('inspect lists no mission where there is none, and says so of one that does not exist', async () => {
  await using redis = await testRedis()
  await using all = missions(['inspect'], { REDIS_URL: redis.url })
  expect(await all.ended()).toEqual({ code: 0, said: '' })
  for (const name of ['1001-7', 'the first one']) {
    await using one = missions(['inspect', name], { REDIS_URL: redis.url })
    const { code, said } = await one.ended()
    expect(said).toBe(`There is no mission ${name}; \`missions inspect\` without a name lists them.\n`)
    expect(code).toBe(1)
  }
})

test('Ctrl-C in the middle of a rehearsal leaves no process behind', async () => {
  using place = folder()
  await using rehearsal = missions(['rehearse'], { TMPDIR: place.dir })
  await until('the mission to begin', async () => rehearsal.said().includes('running: orchestrator'), 60_000)
  const family = descendants(rehearsal.pid)
  expect(family.length).toBeGreaterThanOrEqual(3)
  rehearsal.tell('SIGINT')
  const { code } = await rehearsal.ended()
  expect(code).not.toBe(0)
  await allGone(family)
})
