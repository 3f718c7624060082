/** A command or a value that the repository seems to use, and where that stands. The planner decides. */
export interface Candidate {
  for: 'install' | 'build' | 'test' | 'lint' | 'types' | 'start' | 'port' | 'health' | 'stop' | 'entry_point' | 'service' | 'note'
  is: string
  source: string
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

const kinds: readonly [Candidate['for'], RegExp][] = [
  ['types', /\b(?:type-?check|check-types|tsc|mypy|pyright|flow check|pytype)\b|\btypes\b/],
  ['lint', /\b(?:lint|eslint|oxlint|biome|ruff|flake8|pylint|clippy|golangci-lint|vet|rubocop|checkstyle|ktlint|shellcheck|prettier|format:check|fmt --check)\b/],
  ['test', /\b(?:tests?|pytest|tox|nox|vitest|jest|rspec|phpunit|ctest|nextest|check)\b/],
  ['install', /\b(?:install|npm ci|sync|bootstrap|deps|restore|fetch|mod download)\b/],
  ['build', /\b(?:build|compile|make all|assemble|package)\b/],
  ['start', /\b(?:start|serve|server|dev|runserver|up|gunicorn|uvicorn|flask run|rails s|(?:cargo|go|dotnet) run)\b/],
]

/** What a command seems to be for, by its words; null where they do not tell. */
export function kindOf(command: string): Candidate['for'] | null {
  return kinds.find(([, words]) => words.test(command.toLowerCase()))?.[0] ?? null
}
