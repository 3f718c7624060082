import { describe, expect, it } from 'vitest'
import { placeProblems } from '../../../src/agents/repository/places.ts'
import { conventionsText } from '../../../src/agents/repository/conventions.ts'
import { surveyOf } from '../../../src/agents/repository/survey.ts'
import { crosses, isPathBoundary } from '../../../src/domain/boundaries.ts'
import { decisionProblem } from '../../../src/domain/decisions.ts'

function tree(files: Record<string, string>) {
  return { paths: Object.keys(files), text: async (path: string) => files[path] ?? null }
}

async function found(files: Record<string, string>): Promise<string[]> {
  return (await surveyOf(tree(files))).candidates.map((c) => `${c.for}: ${c.is} (${c.source.replace(/: .*/, '')})`)
}

describe('a survey names commands and where they stand', () => {
  it('of a Node project, its guides before its package file', async () => {
    const manifest = JSON.stringify({ scripts: { test: 'vitest run', lint: 'oxlint', typecheck: 'tsc', start: 'PORT=4000 node server.js' }, bin: { tool: './bin/tool.js' }, dependencies: { a: '1' } })
    expect(await found({ 'package.json': manifest, 'package-lock.json': '{}', 'AGENTS.md': '# Work\n\n```sh\n$ npm run check   # all of it\nnpm test\n```\n' })).toEqual([
      'test: npm run check (AGENTS.md:4)',
      'test: npm test (AGENTS.md:5)',
      'install: npm ci (package.json (dependencies, package-lock.json))',
      'test: npm test (package.json scripts.test)',
      'lint: npm run lint (package.json scripts.lint)',
      'types: npm run typecheck (package.json scripts.typecheck)',
      'start: npm start (package.json scripts.start)',
      'port: 4000 (package.json scripts.start)',
      'entry_point: node bin/tool.js (package.json bin)',
    ])
  })

  it.each([
    [
      'Python',
      { 'pyproject.toml': '[project]\n[project.scripts]\nrooms = "rooms:main"\n[tool.ruff]\n[tool.pytest.ini_options]\n', 'uv.lock': '' },
      ['install: uv sync --frozen (pyproject.toml)', 'test: python -m pytest (pyproject.toml)', 'lint: ruff check . (pyproject.toml [tool.ruff])', 'entry_point: rooms (pyproject.toml:3)'],
    ],
    ['Make', { Makefile: 'build:\n\tcc x.c\ntest: build\n\t./x\n.PHONY: test\n' }, ['build: make build (Makefile:1)', 'test: make test (Makefile:3)']],
    [
      'Go',
      { 'go.mod': 'module x\n', 'cmd/rooms/main.go': 'package main' },
      ['install: go mod download (go.mod)', 'build: go build ./... (go.mod)', 'test: go test ./... (go.mod)', 'lint: go vet ./... (go.mod)', 'entry_point: go run ./cmd/rooms (cmd/rooms/main.go)'],
    ],
    [
      'other agents',
      { '.factory/services.yaml': 'commands:\n  test: pnpm test\nservices:\n  api:\n    start: node s.js\n    healthcheck: curl -sf localhost:1\n    port: 3000\n' },
      [
        'test: pnpm test (.factory/services.yaml commands.test)',
        'service: api (.factory/services.yaml services.api)',
        'health: curl -sf localhost (.factory/services.yaml services.api)',
        'port: 3000 (.factory/services.yaml services.api)',
      ],
    ],
  ])('of %s', async (_, files: Record<string, string>, expected) => {
    const all = (await surveyOf(tree(files))).candidates.map((c) => `${c.for}: ${c.is.replace(/: .*|:1$/, '')} (${c.source})`)
    expect(all).toEqual(expected)
  })

  it('broken files say nothing and stop nobody', async () => {
    expect(await found({ 'package.json': '{', '.factory/services.yaml': 'a: [', 'go.mod': '' })).toContain('note: package.json is not a package file that can be read (package.json)')
  })
})

it('the guides nearest to the work come first, strangers not at all', async () => {
  const text = await conventionsText(tree({ 'AGENTS.md': 'Root.', 'web/AGENTS.md': 'Web.', 'api/AGENTS.md': 'Api.', '.factory/skills/x/SKILL.md': '---\ndescription: How to x\n---\n' }), [
    'web/page.js',
  ])
  expect(text).toBe('web/AGENTS.md:\nWeb.\n\nAGENTS.md:\nRoot.\n\nSkills, to be read where they fit the work:\n- .factory/skills/x/SKILL.md: How to x')
})

it('an explorer that makes up its places is found out', async () => {
  const files = tree({ 'src/a.js': 'one\ntwo\n' })
  const at = (path: string, line: number) => ({ path, line, what: 'x' })
  expect(await placeProblems([at('src/a.js', 2), at('src/a.js', 3), at('src/b.js', 1), at('/work/src/a.js', 1)], files)).toEqual([
    'src/a.js has 2 lines, and you name line 3; look again where it stands.',
    "src/b.js is no file of the repository; name a file that you read, from the repository's root.",
    "/work/src/a.js: name it from the repository's root, as src/a.js.",
  ])
})

it('a decision rests on words that stand where it says', () => {
  const text = '# Rules\n\nUse “plain”\n> words.\n\n## Storage\n\nOne JSON file, *never* a database.\n\n## Other\n\nNothing.\n'
  const d = (quote: string, section = '') => decisionProblem({ decision: 'No database', document: 'AGENTS.md', section, quote }, text)
  expect(d('one JSON file, never a  database')).toBeNull()
  expect(d('"plain" words')).toBeNull()
  expect(d('One JSON file, never a database.', 'Storage')).toBeNull()
  expect(d('One JSON file, never a database.', 'line 8')).toBeNull()
  expect(d('One JSON file, never a database.', 'Other')).toContain('but not in the section "Other"')
  expect(d('One JSON file, never a database.', 'Nowhere')).toContain('does not have')
  expect(d('Use PostgreSQL for all of it')).toContain('does not stand in AGENTS.md')
  expect(decisionProblem({ decision: 'No database', document: 'x.md', section: '', quote: 'anything' }, null)).toContain('does not exist')
})

it.each([
  ['legacy/', 'legacy/a/b.js', true],
  ['legacy/', 'legacy2/a.js', false],
  ['db/schema.sql', 'db/schema.sql', true],
  ['db/*.sql', 'db/a.sql', true],
  ['db/*.sql', 'db/x/a.sql', false],
  ['**/*.sql', 'db/x/a.sql', true],
  ['**/*.sql', 'a.sql', true],
  ['./Makefile', 'Makefile', true],
  ['The API keeps its answers', 'The', false],
])('the boundary %s and %s', (boundary, path, within) => {
  expect(crosses(boundary, path)).toBe(within)
  expect(isPathBoundary(boundary)).toBe(!boundary.includes(' '))
})
