import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/paths.ts'
import { forbiddenImports, importsOf, sources } from './imports.ts'
import { rooms } from './rooms.ts'

const all = sources(join(packageRoot, 'src'))

describe('who may import whom', () => {
  it('every import keeps to its room', () => {
    expect(all.length).toBeGreaterThan(200)
    expect(forbiddenImports(all)).toEqual([])
  })

  it.each([
    ['domain/x.ts', "import { readFileSync } from 'node:fs'", 'src/domain/x.ts imports node:fs: domain imports zod and itself'],
    ['domain/views/x.ts', "import type { Forge } from '../../ports/forge.ts'", 'src/domain/views/x.ts imports ../../ports/forge.ts: domain imports zod and itself'],
    [
      'adapters/redis/x.ts',
      "export * from '../memory/journal.ts'",
      'src/adapters/redis/x.ts imports ../memory/journal.ts: adapters/redis imports domain, ports, zod and ioredis; never another adapter',
    ],
    [
      'adapters/git/x.ts',
      "import '../../domain/../runner/runner.ts'",
      'src/adapters/git/x.ts imports ../../domain/../runner/runner.ts: adapters/git imports domain, ports and what it needs to run git; never another adapter',
    ],
    ['web/x.ts', "const { compose } = await import('../compose.ts')", 'src/web/x.ts imports ../compose.ts: web imports app.ts and ports'],
    ['runner/x.ts', "import {\n  createHash,\n} from 'node:crypto'", 'src/runner/x.ts imports node:crypto: runner imports domain, ports and agents'],
    ['compose.ts', "import Redis from 'ioredis'", 'src/compose.ts imports ioredis: compose.ts puts rooms together and owns no vendor'],
    ['attic/x.ts', '', 'src/attic/x.ts lies in no room: name it in test/architecture/rooms.ts'],
  ])('a violation planted in %s is found and told', (file, text, told) => {
    expect(forbiddenImports([{ file, text }])).toEqual([told])
  })

  it('what is no import is none', () => {
    expect(importsOf("const x = `\n  import a from 'a'`\nconst y = new Set([...from, 'b'])\n// import 'c'\nexport function f(kind: 'd') {}\nexport const g = 'e'")).toEqual([])
  })
})

describe('the fences in .oxlintrc.json', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fences-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it('forbid and allow what the table does, for a file of every room at every depth', () => {
    cpSync(join(packageRoot, '.oxlintrc.json'), join(dir, '.oxlintrc.json'))
    const fenced = rooms.filter((room) => room.rooms !== 'any' && !unfenced.includes(room.path))
    const planted = fenced.flatMap((room) =>
      places(room.path).map((file) => ({
        file,
        text: wishes(file)
          .map((wanted) => `import '${wanted}'\n`)
          .join(''),
      })),
    )
    for (const { file, text } of planted) {
      mkdirSync(dirname(join(dir, 'src', file)), { recursive: true })
      writeFileSync(join(dir, 'src', file), text)
    }
    const found = lint(dir).filter((d) => d.code === 'eslint(no-restricted-imports)')
    const told = found.map(
      (d) =>
        `${d.filename} imports ${planted
          .find((p) => `src/${p.file}` === d.filename)
          ?.text.split('\n')
          [d.line - 1]?.slice(8, -1)}: ${d.message}`,
    )
    expect(told.toSorted()).toEqual(forbiddenImports(planted).toSorted())
  })

  it('keep clock, chance and process out of the domain', () => {
    rmSync(join(dir, 'src'), { recursive: true, force: true })
    mkdirSync(join(dir, 'src/domain/views'), { recursive: true })
    cpSync(join(packageRoot, '.oxlintrc.json'), join(dir, '.oxlintrc.json'))
    writeFileSync(join(dir, 'src/domain/views/x.ts'), 'export const now = new Date()\nexport const luck = Math.random()\nexport const home = process.env\nsetTimeout(() => {}, 1)\nawait fetch("x")\n')
    expect(
      lint(dir)
        .map((d) => `${d.line} ${d.code}`)
        .toSorted(),
    ).toEqual(['1 eslint(no-restricted-globals)', '2 eslint(no-restricted-properties)', '3 eslint(no-restricted-globals)', '4 eslint(no-restricted-globals)', '5 eslint(no-restricted-globals)'])
  })
})

/** Single files outside folders: the table alone guards them. */
const unfenced = ['texts.ts', 'paths.ts', 'system-packages.ts', 'config.ts']

/** Files of a room as deep as its folders go today. */
function places(path: string): string[] {
  if (!path.endsWith('/')) return [path]
  const depths = new Set(all.filter(({ file }) => file.startsWith(path)).map(({ file }) => file.slice(path.length).split('/').length - 1))
  return [...depths].map((depth) => `${path}${'deep/'.repeat(depth)}x.ts`)
}

/** One import of each room, of some packages, and of the room's own neighbourhood. */
function wishes(file: string): string[] {
  const targets = rooms.map(({ path }) => (path.endsWith('/') ? `${path}y.ts` : path))
  const ours = targets.filter((target) => target !== file).map((target) => posix.relative(posix.dirname(file), target))
  return [
    ...ours.map((path) => (path.startsWith('.') ? path : `./${path}`)),
    'zod',
    'ioredis',
    'bullmq',
    '@octokit/rest',
    '@anthropic-ai/sdk',
    'probot',
    'pino',
    'yaml',
    'node:fs',
    'node:crypto',
    'node:fs/promises',
    'smee-client',
  ]
}

interface Diagnostic {
  code: string
  message: string
  filename: string
  line: number
}

function lint(cwd: string): Diagnostic[] {
  const output = run(cwd)
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; message: string; help?: string; filename: string; labels: { span: { line: number } }[] }[] }
  return diagnostics.map((d) => ({ code: d.code, message: d.help ?? d.message, filename: d.filename, line: d.labels[0]?.span.line ?? 0 }))
}

/** oxlint's exit code says that it found something, which is what it is asked for here. */
function run(cwd: string): string {
  try {
    return execFileSync(join(packageRoot, 'node_modules/.bin/oxlint'), ['--format', 'json', 'src'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout) return error.stdout
    throw error
  }
}
