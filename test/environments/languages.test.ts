import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, onTestFinished, test } from 'vitest'

import { productOf } from '../../src/agents/product.ts'
import { surveyOf } from '../../src/agents/repository/survey.ts'
import { Procedures } from '../../src/domain/feature.ts'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { writeFiles } from '../adapters/git/remote.ts'
import { options, temporary } from '../sandbox/made.ts'
import { land, told } from './land.ts'

test('Python: a virtual environment with a dependency from an index, and its tests without network', async () => {
  const wheel = await madeWheel()
  const name = 'greeter-1.0-py3-none-any.whl'
  const hash = createHash('sha256').update(wheel).digest('hex')
  const server = createServer((request, response) => {
    if (request.url === '/simple/greeter/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/files/${name}#sha256=${hash}">${name}</a>`)
    if (request.url === `/files/${name}`) return void response.end(wheel)
    response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const index = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/simple`
  await using place = await land(
    {
      'requirements.txt': `greeter==1.0 --hash=sha256:${hash}\n`,
      'app.py': 'import greeter\n\ndef hello(name):\n    return greeter.greet(name)\n',
      'test_app.py': "import unittest, app\n\nclass Hello(unittest.TestCase):\n    def test_hello(self):\n        self.assertEqual(app.hello('Ada'), 'Hello, Ada')\n",
      '.gitignore': '.venv/\n__pycache__/\n',
    },
    { install: 'python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt', test: '.venv/bin/python -m unittest -q' },
    { env: { PIP_INDEX_URL: index } },
  )
  for (const run of ['first', 'second']) {
    await using tree = await place.tree(run)
    const results = await place.check(tree)
    expect(told(results), JSON.stringify(results)).toBe('install 0, test 0')
  }
})

test('C: built without network, then tested; a build that fails is where it ends', async () => {
  await using place = await land(
    {
      Makefile: 'CFLAGS = -Wall -Werror -O1\nsum: sum.c\ntest: sum\n\t./sum 2 3 | grep -qx 5\n.PHONY: test\n',
      'sum.c': '#include <stdio.h>\n#include <stdlib.h>\nint main(int n, char **v) { if (n != 3) return 2; printf("%d\\n", atoi(v[1]) + atoi(v[2])); return 0; }\n',
      '.gitignore': 'sum\n',
    },
    { build: 'make sum', test: 'make -s test', env: { LC_ALL: 'C' } },
  )
  await using tree = await place.tree('good')
  expect(told(await place.check(tree))).toBe('build 0, test 0')
  await place.write({ 'sum.c': 'int main(void) { return x; }\n' })
  await using broken = await place.tree('broken')
  const results = await place.check(broken)
  expect(told(results)).toBe('build 2')
  expect(results[0]?.output).toContain("'x' undeclared")
})

test('Go, as the survey of it says: nothing to fetch, built, looked over, tested; a command ends as the program does', async () => {
  const files = {
    'go.mod': 'module example.org/shelf\n\ngo 1.18\n',
    'main.go':
      'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tif len(os.Args) < 2 {\n\t\tfmt.Fprintln(os.Stderr, "usage: shelf <name>")\n\t\tos.Exit(2)\n\t}\n\tfmt.Println("Hello, " + os.Args[1])\n}\n',
    'main_test.go': 'package main\n\nimport "testing"\n\nfunc TestNothing(t *testing.T) {}\n',
  }
  const { candidates } = await surveyOf({ paths: Object.keys(files), text: async (path) => new Map(Object.entries(files)).get(path) ?? null })
  const said = (kind: string) => candidates.find((one) => one.for === kind)?.is ?? null
  await using place = await land(files, { install: said('install'), build: said('build'), lint: said('lint'), test: said('test') })
  await using tree = await place.tree('first')
  const results = await place.check(tree)
  expect(told(results), JSON.stringify(results)).toBe('install 0, build 0, lint 0, test 0')
  const run = async (...args: string[]) => {
    const { exit, stdout, stderr } = await tree.sandbox.exec({ argv: [said('entry_point') ?? '', ...args], timeout_ms: 10_000, output_limit_bytes: 1_000 })
    return [exit, stdout, stderr]
  }
  expect([await run('Ada'), await run()]).toEqual([
    [0, 'Hello, Ada\n', ''],
    [2, '', 'usage: shelf <name>\n'],
  ])
})

/** Counts in Redis, by its own protocol. */
const counting = `
const net = require('node:net')
function incr() {
  return new Promise((done, failed) => {
    const socket = net.connect(6390, '127.0.0.1', () => socket.write('INCR hits\\r\\n')).on('error', failed)
    socket.once('data', (answer) => { done(String(answer).slice(1).trim()); socket.destroy() })
  })
}
module.exports = { incr }
if (require.main === module) require('node:http').createServer(async (_, response) => response.end(await incr().catch((e) => e.message))).listen(3000, '127.0.0.1')
`
const redis = {
  name: 'redis',
  start: 'redis-server --port 6390 --bind 127.0.0.1 --save "" --dir /tmp',
  health: 'redis-cli -p 6390 ping | grep -q PONG',
  port: 6390,
  stop: 'redis-cli -p 6390 shutdown nosave',
}

test('Node with Redis as a service: the tests find it, and it is gone after them', async () => {
  const counts = `const { incr } = require('./app.js')\nrequire('node:test')('counts', async () => require('node:assert').equal(await incr(), '1'))\n`
  await using place = await land({ 'app.js': counting, 'app.test.js': counts }, { test: 'node --test', services: [redis] })
  await using tree = await place.tree('first')
  for (let round = 0; round < 2; round += 1) {
    const results = await place.check(tree)
    expect(told(results), JSON.stringify(results)).toBe('test 0')
    expect((await tree.sandbox.exec({ argv: ['redis-cli', '-p', '6390', 'ping'], timeout_ms: 5_000, output_limit_bytes: 1_000 })).exit).toBe(1)
  }
})

test('the product has its service beside it; one that does not come up makes the product unreachable and says why', async () => {
  const procedures = Procedures.parse({ install: null, test: null, lint: null, types: null, start: 'node app.js', port: 3000, health: '/', services: [redis] })
  const [product_dir, tester_dir] = [await temporary(), await temporary()]
  await writeFiles(product_dir, { 'app.js': counting })
  const { signal } = new AbortController()
  await using pair = await bubblewrapSandboxes(options).openPair({ run: 'with-redis', product_dir, tester_dir })
  const product = productOf(pair, procedures, 60_000)
  expect(await product.start(signal)).toEqual({ up: true })
  const count = async () => Number((await pair.tester.http({ method: 'GET', url: 'http://127.0.0.1:3000/', timeout_ms: 5_000 })).body)
  const before = await count()
  expect(await count()).toBe(before + 1)
  expect(await product.logs()).toMatch(/--- service redis ---\n[^]*Ready to accept connections/)
  await product.stop()
  await expect(pair.tester.http({ method: 'GET', url: 'http://127.0.0.1:6390/', timeout_ms: 2_000 })).rejects.toThrow('ECONNREFUSED')

  const lacking = productOf(pair, { ...procedures, services: [redis, { ...redis, name: 'search', start: 'echo cannot find my index; exit 3', health: 'false', stop: null }] }, 60_000)
  const down = await lacking.start(signal)
  expect(down).toMatchObject({ up: false, problem: expect.stringMatching(/^The service search ended with exit 3 before it was up\.\n[^]*cannot find my index/) })
  await lacking.stop()
})

/** The least that pip takes for a package. */
async function madeWheel(): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-wheel-'))
  const script = `import zipfile
with zipfile.ZipFile('w.zip', 'w') as z:
    z.writestr('greeter.py', "def greet(name):\\n    return 'Hello, ' + name\\n")
    z.writestr('greeter-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.0\\n')
    z.writestr('greeter-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: hand\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr('greeter-1.0.dist-info/RECORD', 'greeter.py,,\\ngreeter-1.0.dist-info/METADATA,,\\ngreeter-1.0.dist-info/WHEEL,,\\ngreeter-1.0.dist-info/RECORD,,\\n')
`
  try {
    await promisify(execFile)('python3', ['-c', script], { cwd: dir })
    return await readFile(join(dir, 'w.zip'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
