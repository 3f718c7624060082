import { readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { SandboxFileError, SandboxLost, SandboxRefused, type Sandboxes } from '../../src/ports/sandbox.ts'
import { opened, openedPair, served, sh, temporary, until } from '../sandbox/made.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const bytes = (value: string) => new Uint8Array(Buffer.from(value))

/** What every implementation of the port keeps, isolated or not. */
export function sandboxContract(name: string, make: () => Sandboxes): void {
  const sandboxes = make()

  test(`${name}: the probe really opens one`, async () => {
    expect(await sandboxes.probe()).toEqual({ ok: true })
  })

  test(`${name}: a command's exit, both streams and its input come back`, async () => {
    await using box = await opened(sandboxes)
    const result = await box.sandbox.exec({
      argv: ['bash', '-c', 'cat; echo "$MOOD" >&2; exit 3'],
      stdin: 'päivää 👋\n',
      env: { MOOD: 'calm' },
      timeout_ms: 5_000,
      output_limit_bytes: 1_000,
    })
    expect(result).toEqual({ exit: 3, stdout: 'päivää 👋\n', stderr: 'calm\n', truncated: false, timed_out: false, duration_ms: expect.any(Number) })
  })

  test(`${name}: a program or a folder that is not there is a result, not an error`, async () => {
    await using box = await opened(sandboxes)
    const limits = { timeout_ms: 5_000, output_limit_bytes: 1_000 }
    const program = await box.sandbox.exec({ argv: ['no-such-program'], ...limits })
    const folder = await box.sandbox.exec({ argv: ['true'], cwd: 'no/such/folder', ...limits })
    expect([program.exit, folder.exit]).toEqual([127, 127])
    expect(program.stderr).toContain('no-such-program')
  })

  test(`${name}: a command past its time is killed with all its children, daemons too`, async () => {
    await using box = await opened(sandboxes)
    const result = await sh(box.sandbox, `trap '' TERM; (setsid sleep 4242 &) ; sleep 4242 & echo begun; sleep 4242`, { timeout_ms: 400 })
    expect(result).toMatchObject({ exit: null, stdout: 'begun\n', timed_out: true })
    expect(result.duration_ms).toBeLessThan(20_000)
    expect((await sh(box.sandbox, `pgrep -f '[s]leep 4242'`)).stdout).toBe('')
  })

  test(`${name}: an abort kills the command and rejects with its reason`, async () => {
    await using box = await opened(sandboxes)
    const abort = new AbortController()
    const running = sh(box.sandbox, 'touch begun; sleep 4343', { signal: abort.signal })
    await until(
      'the command runs',
      () => sh(box.sandbox, 'test -e begun'),
      ({ exit }) => exit === 0,
    )
    abort.abort(new Error('cancelled by a person'))
    await expect(running).rejects.toThrow('cancelled by a person')
    await until(
      'it is gone',
      () => sh(box.sandbox, `pgrep -f '[s]leep 4343'`),
      ({ exit }) => exit === 1,
    )
  })

  test(`${name}: output beyond the limit is dropped from the middle`, async () => {
    await using box = await opened(sandboxes)
    const { stdout, truncated, exit } = await sh(box.sandbox, 'echo first; seq 100000; echo last', { output_limit_bytes: 2_000 })
    expect({ exit, truncated, first: stdout.slice(0, 6), last: stdout.slice(-5) }).toEqual({ exit: 0, truncated: true, first: 'first\n', last: 'last\n' })
    expect(stdout).toMatch(/\n\[… \d+ bytes dropped …\]\n/)
    expect(stdout.length).toBeLessThan(2_100)
  })

  test(`${name}: the answer comes at the command's exit, though a child holds its pipes, and the child lives on`, async () => {
    await using box = await opened(sandboxes)
    const result = await sh(box.sandbox, 'echo started; (while :; do echo tick >> ticks; echo noise; sleep 0.05; done) &')
    expect(result.exit).toBe(0)
    expect(result.stdout).toMatch(/^started\n/)
    expect(result.duration_ms).toBeLessThan(20_000)
    const before = (await sh(box.sandbox, 'wc -l < ticks')).stdout
    await until(
      'it ticks on',
      () => sh(box.sandbox, 'wc -l < ticks'),
      ({ stdout }) => Number(stdout) > Number(before) + 3,
    )
  })

  test(`${name}: a spawned process shows its output and its exit, and stops when it is told to`, async () => {
    await using box = await opened(sandboxes)
    const limits = { timeout_ms: 1_000, output_limit_bytes: 1_000 }
    const short = await box.sandbox.spawn({ argv: ['bash', '-c', 'echo out; echo err >&2; exit 4'], ...limits })
    expect(
      await until(
        'it ends',
        () => short.exit(),
        (exit) => exit !== null,
      ),
    ).toBe(4)
    expect((await short.output()).split('\n').toSorted()).toEqual(['', 'err', 'out'])
    const long = await box.sandbox.spawn({ argv: ['node', '-e', `process.once('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`], ...limits })
    await until(
      'it is up',
      () => long.output(),
      (output) => output === 'up\n',
    )
    expect(await long.exit()).toBeNull()
    await long.stop()
    expect([await long.exit(), await long.output()]).toEqual([0, 'up\nbye\n'])
  })

  test(`${name}: a background server is reached by later requests`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox)
    const posted = await box.sandbox.http({ method: 'POST', url: `${base}/a?b=1`, headers: { 'x-mark': 'm' }, body: 'hello', timeout_ms: 5_000 })
    expect({ status: posted.status, body: posted.body }).toEqual({ status: 200, body: 'POST /a?b=1 mhello' })
    const moved = await box.sandbox.http({ method: 'GET', url: `${base}/moved`, timeout_ms: 5_000 })
    expect([moved.status, moved.headers['location']]).toEqual([302, '/elsewhere'])
    const big = await box.sandbox.http({ method: 'GET', url: `${base}/big`, timeout_ms: 5_000 })
    expect([big.body.length, big.truncated, moved.truncated]).toEqual([64 * 1024, true, false])
  })

  test(`${name}: a request that gets no answer, or may not be made, is refused in words`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox)
    const get = (url: string) => box.sandbox.http({ method: 'GET', url, timeout_ms: 300 })
    await expect(get(`${base}/never`)).rejects.toThrow(/no answer within 300 ms/)
    await expect(get('http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/)
    await expect(get('http://169.254.169.254/latest')).rejects.toThrow(SandboxRefused)
    await expect(get('file:///etc/passwd')).rejects.toThrow(SandboxRefused)
    await expect(get('http://127.0.0.1.example.com/')).rejects.toThrow(SandboxRefused)
  })

  test(`${name}: files go in and out byte for byte, and missing folders are made`, async () => {
    await using box = await opened(sandboxes)
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    await box.sandbox.writeFile('deep/er/file.bin', every)
    expect(await box.sandbox.readFile('/work/deep/er/file.bin')).toEqual(every)
    expect(new Uint8Array(await readFile(join(box.dir, 'deep/er/file.bin')))).toEqual(every)
    await writeFile(join(box.dir, 'from-host'), 'hi')
    expect(text(await box.sandbox.readFile('from-host'))).toBe('hi')
  })

  test(`${name}: the tree before a change is read below /base`, async () => {
    const base = await temporary()
    await writeFile(join(base, 'was'), 'before')
    await using box = await opened(sandboxes, { writable: false, base })
    expect(text(await box.sandbox.readFile('/base/was'))).toBe('before')
    await expect(box.sandbox.readFile('was')).rejects.toThrow(SandboxFileError)
  })

  test(`${name}: a file that cannot be read or written says so`, async () => {
    await using box = await opened(sandboxes)
    await symlink('nowhere', join(box.dir, 'dangling'))
    await expect(box.sandbox.readFile('absent')).rejects.toThrow(SandboxFileError)
    await expect(box.sandbox.readFile('.')).rejects.toThrow(SandboxFileError)
    await expect(box.sandbox.readFile('dangling')).rejects.toThrow(SandboxFileError)
    await expect(box.sandbox.readFile('/dev/zero')).rejects.toThrow(SandboxFileError)
    await expect(box.sandbox.writeFile('/proc/no/such', bytes('x'))).rejects.toThrow(SandboxFileError)
  })

  test(`${name}: a terminal shows a prompt, takes what is typed and ends with the program's exit`, async () => {
    await using box = await opened(sandboxes)
    const terminal = await box.sandbox.terminal(
      { argv: ['bash', '-c', `read -p "Who's there? " who; clear; printf 'Hi \\033[1m%s\\033[0m, %sx%s' "$who" "$(tput cols)" "$(tput lines)"; exit 5`], timeout_ms: 10_000, output_limit_bytes: 1 },
      { columns: 72, rows: 12 },
    )
    await until(
      'the prompt',
      () => terminal.screen(),
      (screen) => screen === "Who's there?",
    )
    expect(await terminal.exit()).toBeNull()
    await terminal.type('Anna\r')
    expect(
      await until(
        'its end',
        () => terminal.exit(),
        (exit) => exit !== null,
      ),
    ).toBe(5)
    expect(await terminal.screen()).toBe('Hi Anna, 72x12')
    await expect(terminal.type('x')).rejects.toThrow(SandboxRefused)
    await terminal.close()
  })

  test(`${name}: a program that does not end is ended by closing its terminal`, async () => {
    await using box = await opened(sandboxes)
    const terminal = await box.sandbox.terminal({ argv: ['bash', '-c', 'echo flood; while :; do seq 100; done'], timeout_ms: 10_000, output_limit_bytes: 1 }, { columns: 80, rows: 24 })
    await until(
      'the flood',
      () => terminal.screen(),
      (screen) => screen.includes('100'),
    )
    await terminal.close()
    await until(
      'it is gone',
      () => sh(box.sandbox, `pgrep -f '[e]cho flood'`),
      ({ exit }) => exit === 1,
    )
  })

  test(`${name}: product and tester share a network`, async () => {
    await using pair = await openedPair(sandboxes)
    const base = await served(pair.product)
    const seen = await pair.tester.http({ method: 'GET', url: `${base}/hello`, timeout_ms: 5_000 })
    expect(seen.body).toBe('GET /hello ')
  })

  test(`${name}: after dispose every call is lost and no process is left`, async () => {
    const box = await opened(sandboxes)
    const mark = `missions-orphan-${process.pid}-${name.replaceAll(/\W/g, '')}`
    await sh(box.sandbox, `(setsid bash -c 'exec -a ${mark} sleep 4444' >/dev/null 2>&1 &)`)
    await until(
      'the daemon runs',
      () => processesNamed(mark),
      (count) => count === 1,
    )
    const running = sh(box.sandbox, 'sleep 4444')
    const lost = expect(running).rejects.toThrow(SandboxLost)
    await box[Symbol.asyncDispose]()
    await lost
    await expect(sh(box.sandbox, 'true')).rejects.toThrow(SandboxLost)
    expect(await processesNamed(mark)).toBe(0)
  })
}

/** On the host: it sees into every PID namespace. */
export async function processesNamed(mark: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
  return lines.filter((line) => line.startsWith(mark)).length
}
