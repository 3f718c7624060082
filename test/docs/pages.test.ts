import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { remedy } from '../../src/adapters/sandbox/probe.ts'
import { packageRoot } from '../../src/paths.ts'
import { rooms } from '../architecture/rooms.ts'
import { codes, page, tableOf } from './tables.ts'

const pages = ['README.md', 'AGENTS.md', 'docs/architecture.md', 'docs/protocol.md', 'docs/testing.md']
const text = pages.map(page).join('\n')

test('every link and every path in the docs leads somewhere', () => {
  const links = pages.flatMap((file) => [...page(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to = '']) => join(dirname(file), to)))
  const paths = codes(text).filter((code) => /^(?:src|test|docs|prompts|scripts)\/[\w./-]+$/.test(code))
  expect(links.length).toBeGreaterThan(8)
  expect(paths.length).toBeGreaterThan(20)
  expect([...links, ...paths].filter((path) => !existsSync(join(packageRoot, path)))).toEqual([])
})

test('every npm script the docs name is one, and each is named', () => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> }
  const named = new Set([...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name))
  const runnable = Object.keys(scripts).filter((name) => !['prepare', 'start', 'test'].includes(name))
  expect([...named].toSorted()).toEqual(runnable.toSorted())
})

test('README names every command of the command line', () => {
  const { stdout } = spawnSync(process.execPath, [join(packageRoot, 'dist/cli.js')], { encoding: 'utf8' })
  const commands = [...stdout.matchAll(/^ {2}missions ([a-z]+)/gm)].map(([, name = '']) => name)
  expect(commands.length).toBeGreaterThanOrEqual(4)
  for (const name of commands) expect(page('README.md')).toContain(`missions ${name}`)
})

test('the table of who may import whom is the one that is enforced', () => {
  const told = tableOf(page('docs/architecture.md'), '## Who may import whom', 'room').map(([path = '', ours = '', packages = '']) => ({
    path: codes(path)[0],
    rooms: ours === 'all' ? 'any' : codes(ours),
    packages: codes(packages),
  }))
  const enforced = rooms.map((room) => ({
    path: room.path,
    // A part of a room need not be told that it may import the rest of it.
    rooms: room.rooms === 'any' ? room.rooms : room.rooms.filter((other) => !room.path.startsWith(other)),
    packages: room.packages.filter((name) => !name.startsWith('node:')),
  }))
  expect(told).toEqual(enforced)
})

test('every room has its promise in architecture.md', () => {
  const promises =
    page('docs/architecture.md')
      .split('\n## ')
      .find((section) => section.startsWith('Rooms')) ?? ''
  const folders = readdirSync(join(packageRoot, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.name}/`)
  const adapters = readdirSync(join(packageRoot, 'src/adapters')).map((name) => `adapters/${name}/`)
  for (const room of [...folders.filter((name) => name !== 'adapters/'), ...adapters]) expect(promises).toContain(`**${room}**`)
  for (const paragraph of promises
    .split('\n\n')
    .slice(1)
    .filter((one) => one.startsWith('**')))
    expect(paragraph).toContain('*Invariant:*')
})

test('AGENTS.md stays under 80 lines', () => {
  expect(page('AGENTS.md').trimEnd().split('\n').length).toBeLessThan(80)
})

test('README gives the flags that the probe asks for in a container', () => {
  const asked = remedy('bwrap: No permissions to create new namespace', { docker: true, platform: 'linux', apparmor: false, userns_off: false })
  const flags = asked.match(/--security-opt [\w=]+/g) ?? []
  expect(flags.length).toBe(3)
  for (const flag of flags) expect(page('README.md')).toContain(flag)
})

test('what the image copies is there, and reaches the builder', () => {
  const copied = [...page('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
  const sent = page('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  expect(copied.length).toBeGreaterThan(6)
  expect(copied.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([])
  expect([...new Set(copied)].toSorted()).toEqual(sent.toSorted())
})
