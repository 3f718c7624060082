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
      [
        'install: go mod download (go.mod)',
        'build: go build -o /tmp/bin/ ./... (go.mod)',
        'test: go test ./... (go.mod)',
        'lint: go vet ./... (go.mod)',
        'entry_point: /tmp/bin/rooms (cmd/rooms/main.go)',
      ],
    ],
    ['a command at the root of a Go module', { 'go.mod': 'module example.org/shelf/v2\n', 'main.go': 'package main' }, expect.arrayContaining(['entry_point: /tmp/bin/shelf (main.go)'])],
    [
      'Rust',
      { 'Cargo.toml': '[package]\nname = "shelf"\n\n[workspace]\n\n[[bin]]\nname = "shelf-cli"\npath = "src/main.rs"\n', 'Cargo.lock': '', 'src/main.rs': '', 'src/bin/import.rs': '' },
      [
        'install: cargo fetch --locked (Cargo.toml)',
        'build: cargo build --offline --workspace (Cargo.toml)',
        'test: cargo test --offline --workspace (Cargo.toml)',
        'lint: cargo clippy --offline --workspace -- -D warnings (Cargo.toml)',
        'entry_point: target/debug/shelf-cli (Cargo.toml)',
        'entry_point: target/debug/import (Cargo.toml)',
      ],
    ],
    [
      'Maven',
      { 'pom.xml': '<properties><s.v>3.2.5</s.v></properties><artifactId>junit-jupiter</artifactId><artifactId>maven-surefire-plugin</artifactId><version>${s.v}</version>' },
      [
        'install: mvn -B dependency:go-offline && mvn -B dependency:get -Dartifact=org.apache.maven.surefire:surefire-junit-platform:3.2.5 (pom.xml)',
        'build: mvn -B -o package -DskipTests (pom.xml)',
        'test: mvn -B -o test (pom.xml)',
      ],
    ],
    [
      'Maven, its surefire named elsewhere',
      { 'pom.xml': '<parent/><artifactId>junit</artifactId>', mvnw: '' },
      [
        'install: ./mvnw -B dependency:go-offline (pom.xml)',
        'build: ./mvnw -B -o package -DskipTests (pom.xml)',
        'test: ./mvnw -B -o test (pom.xml)',
        'note: Tests run offline only once install has what surefire loads for them (pom.xml)',
      ],
    ],
    [
      'Gradle',
      { 'build.gradle.kts': '', gradlew: '' },
      [
        'install: ./gradlew --no-daemon testClasses (build.gradle.kts)',
        'build: ./gradlew --no-daemon --offline assemble (build.gradle.kts)',
        'test: ./gradlew --no-daemon --offline test (build.gradle.kts)',
        'note: The wrapper fetches Gradle itself from services.gradle.org, which an operator has to allow for install; an installed gradle needs no such way (gradlew)',
      ],
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
