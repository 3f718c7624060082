import { describe, expect, it } from 'vitest'
import { setUpInputs } from '../../src/domain/setup.ts'

const tree = {
  'package.json': '{"scripts":{"test":"node --test"},"dependencies":{"a":"1.0.0"}}',
  'package-lock.json': '{}',
  'packages/web/package.json': '{}',
  'requirements.txt': '# ours\nflask==3.0.1 \\\n    --hash=sha256:ab12\nrequests[socks] >= 2 ; python_version < "3.8"\n',
  'pom.xml': '<project/>',
  '.mvn/maven.config': '-B',
  'src/index.js': 'x',
  'tool.py': 'x',
}

function inputs(install: string, more: Record<string, string> = {}): string[] | string {
  const files: Record<string, string> = { ...tree, ...more }
  const found = setUpInputs(
    install,
    Object.keys(files).map((path) => ({ path })),
    (path) => files[path] ?? '',
  )
  return found.because ?? found.files.map(({ path }) => path)
}

const manifests = ['package.json', 'package-lock.json', 'packages/web/package.json', 'requirements.txt', 'pom.xml', '.mvn/maven.config']

describe('what a set-up depends on', () => {
  it.each([
    'npm ci',
    'npm ci --ignore-scripts',
    'npm install --no-audit',
    'go mod download',
    'cargo fetch --locked',
    'mvn -B dependency:go-offline',
    'mvn -B dependency:go-offline && mvn -B dependency:get -Dartifact=org.apache.maven.surefire:surefire-junit4:2.22.3',
    '.venv/bin/pip install -q -r requirements.txt',
  ])('is the manifests for a command that only fetches: %s', (install) => expect(inputs(install)).toEqual(manifests))

  it("includes what `python -m` would run in place of Python's own modules", () => {
    expect(inputs('python3 -m venv .venv && .venv/bin/pip install -r requirements.txt')).toEqual([...manifests, 'tool.py'])
  })

  it.each([
    ['make deps', {}, '"make deps" may run or read any file of the repository'],
    ['npm ci && npm run build', {}, '"npm run build" may run or read any file of the repository'],
    ['npm ci; ./evil', {}, '"npm ci; ./evil" is more than plain words'],
    ['npm ci', { 'packages/web/package.json': '{"scripts":{"postinstall":"node x.js"}}' }, 'packages/web/package.json has scripts of its own for the install'],
    ['npm ci', { 'binding.gyp': '{}' }, 'binding.gyp compiles sources'],
    ['npm ci', { 'package.json': '{"dependencies":{"own":"file:./own"}}' }, 'package.json names a dependency within the repository'],
    ['npm ci', { 'package.json': '{"dependencies":' }, 'package.json names a dependency within the repository'],
    ['npm ci', { '.npmrc': 'save-exact=true\nnode-options=--require ./x.js\n' }, '.npmrc has a setting that may name a file'],
    ['pip install -e .', {}, '-e may be a part of the repository'],
    ['pip install .', {}, '. may be a part of the repository'],
    ['python3 setup.py install', {}, '"python3 setup.py install" may run or read any file of the repository'],
    ['pip install -r requirements.txt', { 'requirements.txt': 'flask\n./vendored\n' }, 'requirements.txt names more than packages'],
    ['pip install -r requirements.txt', { 'requirements.txt': '--find-links wheels\n' }, 'requirements.txt names more than packages'],
    ['pip install -r requirements.txt', { 'requirements.txt': 'local.tar.gz\n' }, 'requirements.txt names more than packages'],
    ['.venv/bin/pip install flask', { '.venv/bin/pip': 'x' }, '.venv/bin/pip lies in the repository'],
  ])('is the whole tree for %s, where that may run or read more', (install, more, because) => expect(inputs(install, more)).toBe(because))
})
