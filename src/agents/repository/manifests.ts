import { z } from 'zod'
import type { Candidate } from './candidate.ts'
import { kindOf, lineAt } from './candidate.ts'
import { all, cargo, goMod, gradle, maven } from './compiled.ts'

type Reader = (text: string, path: string, paths: ReadonlySet<string>) => Candidate[]

/** Reads what a build tool's own file says. One reader for each kind of file, by its name. */
export const manifests: readonly [RegExp, Reader][] = [
  [/^package\.json$/, packageJson],
  [/^(?:GNUm|M|m)akefile$/, makefile],
  [/^[jJ]ustfile$/, makefile],
  [/^pyproject\.toml$/, pyproject],
  [/^setup\.cfg$/, setupCfg],
  [/^tox\.ini$/, (_, path) => [{ for: 'test', is: 'tox', source: path }]],
  [/^requirements(?:-dev)?\.txt$/, (_, path) => [{ for: 'install', is: `pip install -r ${path}`, source: path }]],
  [/^go\.mod$/, goMod],
  [/^Cargo\.toml$/, cargo],
  [/^Procfile$/, procfile],
  [/^pom\.xml$/, maven],
  [/^build\.gradle(?:\.kts)?$/, gradle],
  [
    /^Gemfile$/,
    (text, path) => all(path, { install: 'bundle install', ...(text.includes('rspec') ? { test: 'bundle exec rspec' } : {}), ...(text.includes('rubocop') ? { lint: 'bundle exec rubocop' } : {}) }),
  ],
  [/^composer\.json$/, (text, path) => all(path, { install: 'composer install', ...(text.includes('phpunit') ? { test: 'vendor/bin/phpunit' } : {}) })],
  [/^mix\.exs$/, (_, path) => all(path, { install: 'mix deps.get', build: 'mix compile', test: 'mix test' })],
  [/\.(?:csproj|sln)$/, (_, path) => all(path, { install: 'dotnet restore', build: 'dotnet build --no-restore', test: 'dotnet test --no-build' })],
  [/^CMakeLists\.txt$/, (_, path) => all(path, { build: 'cmake -S . -B build && cmake --build build', test: 'ctest --test-dir build' })],
]

const Package = z.looseObject({
  scripts: z.record(z.string(), z.string()).catch({}).default({}),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .nullish()
    .catch(null),
  dependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  devDependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  packageManager: z.string().nullish().catch(null),
})

function packageJson(text: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const parsed = Package.safeParse(json(text))
  if (!parsed.success) return [{ for: 'note', is: `${path} is not a package file that can be read`, source: path }]
  const { scripts, bin, dependencies, devDependencies, packageManager } = parsed.data
  const manager = paths.has('pnpm-lock.yaml') ? 'pnpm' : paths.has('yarn.lock') ? 'yarn' : paths.has('bun.lock') || paths.has('bun.lockb') ? 'bun' : (packageManager?.split('@')[0] ?? 'npm')
  const found: Candidate[] = []
  const needed = Object.keys(dependencies).length + Object.keys(devDependencies).length > 0
  const install =
    { npm: paths.has('package-lock.json') ? 'npm ci' : 'npm install', pnpm: 'pnpm install --frozen-lockfile', yarn: 'yarn install --immutable', bun: 'bun install --frozen-lockfile' }[manager] ??
    `${manager} install`
  found.push(
    needed
      ? { for: 'install', is: install, source: `${path} (dependencies${paths.has('package-lock.json') ? ', package-lock.json' : ''})` }
      : { for: 'note', is: 'No dependencies: nothing to install', source: path },
  )
  for (const [name, script] of Object.entries(scripts)) {
    if (/^(?:pre|post)[a-z]/.test(name)) continue
    const kind = kindOf(name.replaceAll(/[:_]/g, ' ')) ?? kindOf(script)
    if (kind !== null)
      found.push({ for: kind, is: manager === 'npm' && name !== 'test' && name !== 'start' ? `npm run ${name}` : `${manager} ${name}`, source: `${path} scripts.${name}: ${script.slice(0, 160)}` })
    const port = /(?:PORT=|--port[ =]|-p )(\d{2,5})\b/.exec(script)?.[1]
    if (port) found.push({ for: 'port', is: port, source: `${path} scripts.${name}` })
  }
  for (const file of typeof bin === 'string' ? [bin] : Object.values(bin ?? {})) found.push({ for: 'entry_point', is: `node ${file.replace(/^\.\//, '')}`, source: `${path} bin` })
  return found
}

/** Targets, but not files that are made nor what begins with a dot. */
function makefile(text: string, path: string): Candidate[] {
  const runner = /just/i.test(path) ? 'just' : 'make'
  return [...text.matchAll(/^([a-zA-Z][\w-]*)[^\S\n]*:(?!=)/gm)].flatMap((target) => {
    const name = target[1] ?? ''
    const kind = kindOf(name.replaceAll(/[-_]/g, ' '))
    return kind === null ? [] : [{ for: kind, is: `${runner} ${name}`, source: `${path}:${lineAt(text, target.index)}` }]
  })
}

function pyproject(text: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const has = (section: string) => new RegExp(`^\\[${section.replaceAll('.', '\\.')}[\\].]`, 'm').test(text)
  const lock = paths.has('uv.lock') ? 'uv sync --frozen' : paths.has('poetry.lock') ? 'poetry install' : paths.has('pdm.lock') ? 'pdm sync' : 'pip install -e .'
  return [
    { for: 'install' as const, is: lock, source: path },
    ...(has('tool.pytest') || /\bpytest\b/.test(text) ? [{ for: 'test' as const, is: 'python -m pytest', source: path }] : []),
    ...(has('tool.ruff') ? [{ for: 'lint' as const, is: 'ruff check .', source: `${path} [tool.ruff]` }] : []),
    ...(has('tool.mypy') ? [{ for: 'types' as const, is: 'mypy .', source: `${path} [tool.mypy]` }] : []),
    ...(has('tool.pyright') ? [{ for: 'types' as const, is: 'pyright', source: `${path} [tool.pyright]` }] : []),
    ...section(text, 'project.scripts').map(([name, line]) => ({ for: 'entry_point' as const, is: name, source: `${path}:${line}` })),
    ...section(text, 'tool.poetry.scripts').map(([name, line]) => ({ for: 'entry_point' as const, is: name, source: `${path}:${line}` })),
  ]
}

function setupCfg(text: string, path: string): Candidate[] {
  return [
    ...(/^\[(?:tool:)?pytest\]/m.test(text) ? [{ for: 'test' as const, is: 'python -m pytest', source: `${path} [tool:pytest]` }] : []),
    ...(/^\[flake8\]/m.test(text) ? [{ for: 'lint' as const, is: 'flake8', source: `${path} [flake8]` }] : []),
    ...(/^\[mypy\]/m.test(text) ? [{ for: 'types' as const, is: 'mypy .', source: `${path} [mypy]` }] : []),
  ]
}

function procfile(text: string, path: string): Candidate[] {
  return [...text.matchAll(/^(\w+):[ \t]*(.+)$/gm)].map((line) => ({
    for: line[1] === 'web' ? ('start' as const) : ('service' as const),
    is: (line[2] ?? '').trim(),
    source: `${path}:${lineAt(text, line.index)}`,
  }))
}

/** Keys of a TOML section, with their lines. */
function section(text: string, name: string): [string, number][] {
  const begin = text.split('\n').findIndex((line) => line.trim() === `[${name}]`)
  if (begin < 0) return []
  const rest = text.split('\n').slice(begin + 1)
  const end = rest.findIndex((line) => line.startsWith('['))
  return rest.slice(0, end < 0 ? rest.length : end).flatMap((line, i) => {
    const key = /^\s*"?([\w.-]+)"?\s*=/.exec(line)?.[1]
    return key === undefined ? [] : [[key, begin + 2 + i]]
  })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
