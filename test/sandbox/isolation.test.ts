import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { SandboxFileError } from '../../src/ports/sandbox.ts'
import { opened, options, sh, temporary, until } from './made.ts'

const sandboxes = bubblewrapSandboxes(options)

test('a read-only /work refuses every write, and the agent can still read it', async () => {
  await using box = await opened(sandboxes, { writable: false })
  await writeFile(join(box.dir, 'there'), 'before')
  const result = await sh(box.sandbox, 'cat there; echo after > there; touch new; rm there')
  expect(result.stdout).toBe('before')
  expect(result.stderr.match(/Read-only file system/g)).toHaveLength(3)
  await expect(box.sandbox.writeFile('new', new Uint8Array())).rejects.toThrow(SandboxFileError)
  expect(await readFile(join(box.dir, 'there'), 'utf8')).toBe('before')
})

test('the tree before the change is at /base, read-only even where /work is not, and only where it is asked for', async () => {
  const base = await temporary()
  await writeFile(join(base, 'there'), 'before')
  await using box = await opened(sandboxes, { base })
  const result = await sh(box.sandbox, 'echo after > there; diff -r /base /work; echo x > /base/there; touch /base/new; rm /base/there')
  expect(result.stdout).toBe('diff -r /base/there /work/there\n1c1\n< before\n\\ No newline at end of file\n---\n> after\n')
  expect(result.stderr.match(/Read-only file system/g)).toHaveLength(3)
  await expect(box.sandbox.writeFile('/base/new', new Uint8Array())).rejects.toThrow(SandboxFileError)
  expect(await readFile(join(base, 'there'), 'utf8')).toBe('before')
  await using without = await opened(sandboxes)
  expect((await sh(without.sandbox, 'ls /base')).exit).not.toBe(0)
})

test('no environment of the host shows in any process', async () => {
  process.env['PLANTED_CANARY'] = 'canary-7261'
  await using box = await opened(sandboxes, { env: { GIVEN: 'yes' } })
  delete process.env['PLANTED_CANARY']
  const { stdout } = await sh(box.sandbox, `cat /proc/*/environ | tr '\\0' '\\n' | cut -d= -f1 | sort -u`)
  const known = ['GIVEN', 'HOME', 'LANG', 'MISSIONS_COMMAND', 'PATH', 'PWD', 'SHLVL', 'TMPDIR', 'USER', '_']
  expect(
    stdout
      .trim()
      .split('\n')
      .filter((name) => !known.includes(name)),
  ).toEqual([])
  expect((await sh(box.sandbox, 'echo $GIVEN; grep -c canary /proc/*/environ | grep -v :0')).stdout).toBe('yes\n')
})

test("the host's files are not there: homes, other worktrees, keys, its own /etc", async () => {
  await using box = await opened(sandboxes)
  const beside = await temporary()
  await writeFile(join(beside, 'secret'), 'canary')
  const absent = ['/root', '/home', '/var', '/run', '/sys', '/mnt', '/etc/shadow', '/etc/ssh', '/etc/ssl/private', '/etc/npmrc', '/etc/resolv.conf', beside, box.dir]
  expect((await sh(box.sandbox, `ls -d ${absent.join(' ')} 2>/dev/null`)).stdout).toBe('')
  const root = (await sh(box.sandbox, 'ls -A /')).stdout.trim().split('\n')
  expect(root.filter((name) => !/^s?bin$|^lib/.test(name)).toSorted()).toEqual(['dev', 'etc', 'opt', 'proc', 'tmp', 'usr', 'work'])
})

test('a link to a host file leads into the sandbox only', async () => {
  await using box = await opened(sandboxes)
  const beside = await temporary()
  await writeFile(join(beside, 'secret'), 'canary')
  await sh(box.sandbox, `ln -s /etc/passwd passwd; ln -s ${beside}/secret secret; ln -s ../../../../../../etc/shadow shadow; ln -s /proc/1/root/etc/hostname name`)
  expect(Buffer.from(await box.sandbox.readFile('passwd')).toString()).toMatch(/^agent:x:1000:1000:.*\nnobody:[^\n]*\n$/)
  for (const path of ['secret', 'shadow', 'name', join(beside, 'secret')]) await expect(box.sandbox.readFile(path)).rejects.toThrow(SandboxFileError)
  await expect(box.sandbox.writeFile('secret', new Uint8Array([1]))).rejects.toThrow(SandboxFileError)
  expect(await readFile(join(beside, 'secret'), 'utf8')).toBe('canary')
})

test("the host's loopback, and with it its Redis and this app, is out of reach; so is everything else", async () => {
  const server = createServer((_, response) => response.end('host')).listen(0, '127.0.0.1')
  await until(
    'it listens',
    async () => server.listening,
    (listening) => listening,
  )
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await using box = await opened(sandboxes)
  await expect(box.sandbox.http({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeout_ms: 2_000 })).rejects.toThrow(/ECONNREFUSED/)
  const dial = (host: string, at: number | undefined) => sh(box.sandbox, `(exec 3<>/dev/tcp/${host}/${at}) 2>&1`)
  expect((await dial('127.0.0.1', port)).stdout).toMatch(/Connection refused/)
  expect((await dial('169.254.169.254', 80)).stdout).toMatch(/unreachable/)
  expect((await dial('1.1.1.1', 53)).stdout).toMatch(/unreachable/)
  expect((await sh(box.sandbox, `tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '`)).stdout).toBe('lo\n')
  server.close()
})

test('it is a plain user without a capability, who cannot become more', async () => {
  await using box = await opened(sandboxes)
  expect((await sh(box.sandbox, 'id -u; id -g; id -un')).stdout).toBe('1000\n1000\nagent\n')
  const { stdout } = await sh(box.sandbox, 'grep -E "^(Cap|NoNewPrivs)" /proc/self/status')
  expect(stdout.replaceAll('\t', ' ')).toBe(['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set}: 0000000000000000\n`).join('') + 'NoNewPrivs: 1\n')
  expect((await sh(box.sandbox, 'unshare -Ur true')).exit).not.toBe(0)
  expect((await sh(box.sandbox, 'mount -t tmpfs x /tmp')).exit).not.toBe(0)
})

test("the kernel's settings cannot be written, though the app runs as root", async () => {
  const before = await readFile('/proc/sys/kernel/core_pattern', 'utf8')
  await using box = await opened(sandboxes)
  // The same value: where this test fails, the host must not be changed by it.
  const { stderr } = await sh(box.sandbox, `echo '${before.trim()}' > /proc/sys/kernel/core_pattern; echo 1 > /proc/sys/vm/drop_caches`)
  expect(stderr.match(/Read-only file system|Permission denied/g)).toHaveLength(2)
  const opens = `while read -r file; do (: >> "$file") 2>/dev/null && echo "$file"; done; true`
  const { stdout } = await sh(
    box.sandbox,
    `find /proc -maxdepth 3 -writable -type f -not -path '/proc/[0-9]*' -not -path '/proc/self/*' -not -path '/proc/thread-self/*' -not -path '/proc/pressure/*' 2>/dev/null | ${opens}`,
  )
  expect(stdout).toBe('')
})

test('only /work, /tmp and shared memory can be written, and the last two have an end', async () => {
  await using box = await opened(sandboxes)
  const { stderr } = await sh(box.sandbox, 'for place in / /dev /etc /usr /opt /opt/missions/inside; do touch $place/x; done')
  expect(stderr.match(/Read-only file system/g)).toHaveLength(6)
  expect((await sh(box.sandbox, 'df --output=size -B1 /tmp /dev/shm | tail -n +2 | sort -u | tr -d " "')).stdout).toBe(`${options.limits.memory_bytes}\n`)
})

test('an agent may make a repository of its own in a directory that has none', async () => {
  await using box = await opened(sandboxes)
  const result = await sh(box.sandbox, 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git log --oneline | wc -l')
  expect([result.exit, result.stdout.trim()]).toEqual([0, '1'])
})
