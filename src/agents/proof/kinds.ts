import type { Exemption } from '../../domain/proof.ts'

const testFolders = /(^|\/)(tests?|__tests__|__mocks__|__snapshots__|specs?|testdata|test-data|e2e|cypress|fixtures|features\/step_definitions|src\/(?:test|\w+Test)|[\w.]+\.Tests?)\//
const testFiles = [
  /\.(test|spec|cy|e2e)\.[cm]?[jt]sx?$/,
  /_test\.(go|py|dart|exs|rb|c|cc|cpp|ml)$/,
  /(^|\/)test_[^/]*\.(py|c|cc|cpp|rb|ml)$/,
  /(^|\/)conftest\.py$/,
  /_(spec|test)\.(rb|lua|cr)$/,
  /(Test|Tests|IT|Spec|TestCase)\.(java|kt|kts|scala|groovy|cs|fs|swift|php|hs)$/,
  /(^|\/)t\/[^/]+\.t$/,
  /\.(bats|t|snap)$/,
]
const proseFiles = /\.(md|mdx|markdown|rst|adoc|asciidoc|org)$|(^|\/)(README|LICEN[CS]E|NOTICE|CHANGELOG|CHANGES|CONTRIBUTING|AUTHORS|CODE_OF_CONDUCT|SECURITY)(\.\w+)?$/i
const picturesOfProse = /(^|\/)docs?\/.*\.(png|jpe?g|gif|svg|webp|txt)$/i
const settings = [
  /\.(ya?ml|toml|ini|cfg|conf|properties|editorconfig|lock|env\.example)$/,
  /(^|\/)\.[\w-]+(rc|ignore|attributes)$/,
  /(^|\/)(Dockerfile|Containerfile|Makefile|Procfile|\.env\.example|requirements[\w-]*\.txt|go\.sum|go\.mod|Gemfile|composer\.json|package(-lock)?\.json|tsconfig[\w.]*\.json|jsconfig\.json|npm-shrinkwrap\.json|renovate\.json)$/,
  /(^|\/)\.(vscode|github|devcontainer|config)\//,
]

/** By convention of the ecosystems; what lies in a folder of tests counts, helpers and fixtures too. */
export function isTest(path: string): boolean {
  return testFolders.test(path) || testFiles.some((pattern) => pattern.test(path))
}

export function isDocumentation(path: string): boolean {
  return !isTest(path) && (proseFiles.test(path) || picturesOfProse.test(path))
}

export function isConfiguration(path: string): boolean {
  return !isTest(path) && settings.some((pattern) => pattern.test(path))
}

/** What a worker writes to make the product do something. */
export function isSource(path: string): boolean {
  return !isTest(path) && !isDocumentation(path) && !isConfiguration(path)
}

/** Paths that are not what the exemption says the whole change consists of. */
export function beyondExemption(kind: Exemption['kind'], paths: readonly string[]): string[] {
  switch (kind) {
    case 'documentation':
      return paths.filter((path) => !isDocumentation(path))
    case 'configuration':
      return paths.filter((path) => !isDocumentation(path) && !isConfiguration(path))
    case 'tests':
      return paths.filter((path) => !isDocumentation(path) && !isTest(path))
    case 'untestable':
      return []
  }
}
