import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { SandboxFileError } from '../../src/ports/sandbox.ts'
import { opened, openedPair, options, served, sh, until } from './made.ts'

const sandboxes = bubblewrapSandboxes(options)

test("the tester cannot read the product's files, by any path", async () => {
  await using pair = await openedPair(sandboxes)
  await writeFile(join(pair.product_dir, 'source.js'), 'canary-product')
  await served(pair.product)
  expect((await sh(pair.product, 'cat source.js')).stdout).toBe('canary-product')
  for (const path of ['source.js', '/work/source.js', join(pair.product_dir, 'source.js'), '/work/../product/source.js']) await expect(pair.tester.readFile(path)).rejects.toThrow(SandboxFileError)
  const found = await sh(pair.tester, `cat /proc/*/root/work/source.js /proc/*/cwd/source.js 2>/dev/null; grep -rl canary-product /work /tmp /opt /etc /dev/shm 2>/dev/null; true`)
  expect(found.stdout).toBe('')
})

test("the tester sees and signals none of the product's processes, nor shares its /tmp", async () => {
  await using pair = await openedPair(sandboxes)
  const base = await served(pair.product)
  await sh(pair.product, 'echo x > /tmp/left; echo x > /dev/shm/left')
  expect((await sh(pair.tester, `pgrep -x node; pgrep -fa '[h]ttp'; ls /tmp/left /dev/shm/left 2>/dev/null; true`)).stdout).toBe('')
  expect(await sh(pair.tester, 'kill -9 -1; sleep 5')).toMatchObject({ exit: null })
  expect((await pair.tester.http({ method: 'GET', url: `${base}/still`, timeout_ms: 5_000 })).body).toBe('GET /still ')
})

test('each writes to its own directory, and neither reaches the host', async () => {
  await using pair = await openedPair(sandboxes)
  expect((await sh(pair.product, 'echo p > made; ls')).stdout).toBe('made\n')
  expect((await sh(pair.tester, 'echo t > other; ls')).stdout).toBe('other\n')
  for (const one of [pair.product, pair.tester]) {
    expect(
      (await sh(one, 'id -u; grep CapEff /proc/self/status | cut -f2; ls -d /root /home /var 2>/dev/null; (echo x > /proc/sys/kernel/domainname) 2>&1 | grep -c -E "Read-only|denied"')).stdout,
    ).toBe('1000\n0000000000000000\n1\n')
  }
})

test('a product that listens on every address is reached as localhost too', async () => {
  await using pair = await openedPair(sandboxes)
  const server = await pair.product.spawn({
    argv: ['node', '-e', `require('node:http').createServer((_, r) => r.end('all')).listen(0, function () { console.log('port ' + this.address().port) })`],
    timeout_ms: 10_000,
    output_limit_bytes: 1_000,
  })
  const output = await until(
    'the server says its port',
    () => server.output(),
    (text) => text.includes('port'),
  )
  const response = await pair.tester.http({ method: 'GET', url: `http://localhost:${output.trim().split(' ')[1]}/`, timeout_ms: 5_000 })
  expect(response.body).toBe('all')
})

test('a pair opens every time, whatever numbers its processes get', async () => {
  for (let round = 0; round < 10; round += 1) {
    await using pair = await openedPair(sandboxes)
    expect((await sh(pair.tester, 'echo up')).stdout).toBe('up\n')
  }
}, 30_000)

test('what cannot start says why, and at once', async () => {
  const lacking = bubblewrapSandboxes({ ...options, extra_readonly: ['/no/such/toolchain'] })
  const complaint = /^the sandbox did not start: .*\/no\/such\/toolchain: No such file or directory$/m
  await expect(openedPair(lacking)).rejects.toThrow(complaint)
  await expect(opened(lacking)).rejects.toThrow(complaint)
})
