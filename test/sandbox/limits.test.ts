import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { packageRoot } from '../../src/paths.ts'
import { SandboxLost } from '../../src/ports/sandbox.ts'
import { processesNamed } from '../contracts/sandbox.ts'
import { opened, options, served, sh, temporary, until } from './made.ts'

const sandboxes = bubblewrapSandboxes(options)

test('a gigabyte of output costs bounded memory and is not kept', async () => {
  await using box = await opened(sandboxes)
  const result = await sh(box.sandbox, 'head -c 1G /dev/zero; echo end', { output_limit_bytes: 10_000 })
  expect({ exit: result.exit, truncated: result.truncated, end: result.stdout.slice(-4) }).toEqual({ exit: 0, truncated: true, end: 'end\n' })
  const { stdout } = await sh(box.sandbox, `awk '/VmHWM/ {print $2}' /proc/2/status`)
  expect(Number(stdout)).toBeLessThan(300_000)
}, 60_000)

test('a fork bomb is ended and the sandbox goes on', async () => {
  await using box = await opened(sandboxes)
  const bomb = await sh(box.sandbox, ':(){ :|:& };:; sleep 15', { timeout_ms: 15_000 })
  expect(bomb.exit).toBeNull()
  expect(bomb.stderr).toContain('more than 256 processes')
  expect((await sh(box.sandbox, 'echo alive')).stdout).toBe('alive\n')
  await until(
    'the zombies are gone',
    () => sh(box.sandbox, 'ls /proc | grep -c "^[0-9]"'),
    ({ stdout }) => Number(stdout) < 10,
  )
}, 30_000)

test('a process that eats memory is killed, and what it killed is said', async () => {
  await using box = await opened(bubblewrapSandboxes({ ...options, limits: { ...options.limits, memory_bytes: 300 * 1024 ** 2 } }))
  const result = await sh(box.sandbox, `node -e 'const all = []; setInterval(() => all.push(Buffer.alloc(20_000_000, 1)), 20)'`)
  expect(result.exit).toBeNull()
  expect(result.stderr).toContain('bytes of memory')
  expect((await sh(box.sandbox, 'echo alive')).stdout).toBe('alive\n')
}, 30_000)

test('no file grows past its limit', async () => {
  await using box = await opened(sandboxes)
  const result = await sh(box.sandbox, 'head -c 1G /dev/zero > huge; stat -c %s huge')
  expect(Number(result.stdout)).toBe(options.limits.file_bytes)
})

test('a work directory that is too full ends what fills it, and can be cleared', async () => {
  const limits = { ...options.limits, work_bytes: 100 * 1024 ** 2 }
  await using box = await opened(bubblewrapSandboxes({ ...options, limits }))
  const fill = (files: number) => sh(box.sandbox, `while :; do n=$(((n + 1) % ${files})); head -c 30M /dev/zero > part$n; done`)
  const told = { exit: null, timed_out: false, stderr: expect.stringContaining(`/work holds more than ${limits.work_bytes} bytes`) }
  expect(await fill(10)).toMatchObject(told)
  expect((await sh(box.sandbox, 'rm part*; head -c 30M /dev/zero > part; ls')).stdout).toBe('part\n')
  expect(await fill(30)).toMatchObject(told)
}, 30_000)

test('kill -9 -1 ends the command and its neighbours, not the sandbox', async () => {
  await using box = await opened(sandboxes)
  await served(box.sandbox)
  await box.sandbox.writeFile('/tmp/kept', new Uint8Array([1]))
  const result = await sh(box.sandbox, 'kill -9 -1; sleep 5')
  expect(result).toMatchObject({ exit: null, stderr: '[sandbox] every process in the sandbox was killed\n' })
  expect((await sh(box.sandbox, 'ls /tmp/kept')).stdout).toBe('/tmp/kept\n')
})

test('pkill node means the agent’s servers', async () => {
  await using box = await opened(sandboxes)
  const base = await served(box.sandbox)
  expect((await sh(box.sandbox, 'pkill node; while pgrep -x node > /dev/null; do :; done; echo done')).stdout).toBe('done\n')
  await expect(box.sandbox.http({ method: 'GET', url: base, timeout_ms: 2_000 })).rejects.toThrow(/ECONNREFUSED/)
})

test('a sandbox that dies under a call rejects it as lost, so that the run is tried again', async () => {
  const [run, workdir] = [`dies-${process.pid}`, await temporary()]
  await using sandbox = await sandboxes.open({ run, workdir, writable: true })
  const running = expect(sh(sandbox, 'touch begun; sleep 4646')).rejects.toMatchObject({ name: 'Error', retryable: true })
  await until(
    'it runs',
    () => sh(sandbox, 'test -e begun'),
    ({ exit }) => exit === 0,
  )
  await promisify(execFile)('pkill', ['-9', '-f', `missions:${run} `])
  await running
  await expect(sandbox.readFile('begun')).rejects.toBeInstanceOf(SandboxLost)
})

test('when the app is killed outright, nothing of its sandboxes lives on', async () => {
  const [dir, mark] = [await temporary(), `missions-orphan-${process.pid}`]
  const script = `
    const { bubblewrapSandboxes } = await import(${JSON.stringify(`${packageRoot}/dist/adapters/sandbox/bubblewrap.js`)})
    const sandboxes = bubblewrapSandboxes(${JSON.stringify(options)})
    const pair = await sandboxes.openPair({ run: 'orphan', product_dir: ${JSON.stringify(dir)}, tester_dir: ${JSON.stringify(dir)} })
    const box = await sandboxes.open({ run: 'orphan', workdir: ${JSON.stringify(dir)}, writable: true })
    for (const one of [pair.product, pair.tester, box])
      await one.exec({ argv: ['bash', '-c', '(setsid bash -c "exec -a ${mark} sleep 4545" >/dev/null 2>&1 &)'], timeout_ms: 5000, output_limit_bytes: 1000 })
    console.log('ready')
    setInterval(() => {}, 1000)`
  const app = execFile(process.execPath, ['--input-type=module', '-e', script])
  await once(app.stdout ?? app, 'data')
  await until(
    'three daemons run',
    () => processesNamed(mark),
    (count) => count === 3,
  )
  app.kill('SIGKILL')
  await until(
    'all are gone',
    () => processesNamed(mark),
    (count) => count === 0,
  )
}, 30_000)

test('killed while it opens one, it leaves nothing either', async () => {
  const [dir, run] = [await temporary(), `midway-${process.pid}`]
  const script = `
    const { bubblewrapSandboxes } = await import(${JSON.stringify(`${packageRoot}/dist/adapters/sandbox/bubblewrap.js`)})
    await bubblewrapSandboxes(${JSON.stringify(options)}).openPair({ run: '${run}', product_dir: ${JSON.stringify(dir)}, tester_dir: ${JSON.stringify(dir)} })`
  const app = execFile(process.execPath, ['--input-type=module', '-e', script])
  await until(
    'the first of its processes runs',
    () => processesOf(run),
    (count) => count > 0,
  )
  app.kill('SIGKILL')
  await until(
    'all are gone',
    () => processesOf(run),
    (count) => count === 0,
  )
}, 30_000)

/** Whatever carries the run's name on its command line, bubblewrap and what it has not begun yet too. */
async function processesOf(run: string): Promise<number> {
  const found = await promisify(execFile)('pgrep', ['-f', `missions:${run}`]).catch(() => ({ stdout: '' }))
  return found.stdout.split('\n').length - 1
}

const plainly = process.getuid?.() === 0 ? ['setpriv', '--reuid', '54321', '--regid', '54321', '--clear-groups'] : ['env']
const reached = spawnSync(plainly[0] ?? '', [...plainly.slice(1), process.execPath, '-e', `require('node:fs').accessSync(${JSON.stringify(`${packageRoot}/package.json`)})`]).status === 0

// A checkout below /root is out of a plain user's reach.
test.runIf(reached)(
  'a plain user has the same sandboxes',
  async () => {
    const dir = await temporary()
    await promisify(execFile)('chmod', ['777', dir])
    const script = `
    const { bubblewrapSandboxes } = await import(${JSON.stringify(`${packageRoot}/dist/adapters/sandbox/bubblewrap.js`)})
    const sandboxes = bubblewrapSandboxes(${JSON.stringify(options)})
    console.log(JSON.stringify(await sandboxes.probe()))
    const pair = await sandboxes.openPair({ run: 'plain', product_dir: ${JSON.stringify(dir)}, tester_dir: ${JSON.stringify(dir)} })
    const run = (box, line) => box.exec({ argv: ['bash', '-c', line], timeout_ms: 20000, output_limit_bytes: 4000 })
    console.log((await run(pair.product, 'id -u; touch made; echo $?')).stdout.split('\\n').join(' '))
    const bomb = await run(pair.tester, ':(){ :|:& };:; sleep 15')
    console.log(bomb.exit)
    console.log((await run(pair.tester, 'echo alive')).stdout)
    await pair[Symbol.asyncDispose]()`
    const [program, ...rest] = [...plainly, process.execPath, '--input-type=module', '-e', script]
    const { stdout } = await promisify(execFile)(program, rest, { cwd: '/' })
    expect(stdout).toBe('{"ok":true}\n1000 0 \nnull\nalive\n\n')
  },
  60_000,
)
