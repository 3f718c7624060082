import type { Candidate } from './candidate.ts'
import { kindOf, lineAt } from './candidate.ts'

const runners =
  /^(?:sudo )?(?:npm|npx|yarn|pnpm|bun|node|deno|make|just|task|go|cargo|python3?|pip3?|pipx|uv|poetry|pdm|hatch|tox|nox|pytest|ruff|mypy|flake8|black|bundle|rake|rails|rspec|mvn|\.\/mvnw|gradle|\.\/gradlew|dotnet|composer|php|mix|cmake|ctest|bazel|docker|\.\/[\w./-]+|bin\/[\w./-]+|script\/[\w./-]+|scripts\/[\w./-]+)(?:\s|$)/
const most = 25

/** Commands that a document for people or agents gives: in code blocks of a shell, in code spans, in tables. */
export function documentCandidates(path: string, text: string): Candidate[] {
  const found = [...blocks(text), ...spans(text)].flatMap(({ command, offset }): Candidate[] => {
    const clean = command
      .replace(/^\s*[$>%]\s+/, '')
      .replace(/\s+#.*$/, '')
      .trim()
    const kind = runners.test(clean) && clean.length <= 300 ? kindOf(clean) : null
    return kind === null ? [] : [{ for: kind, is: clean, source: `${path}:${lineAt(text, offset)}` }]
  })
  const first = new Map<string, Candidate>()
  for (const candidate of found) if (!first.has(candidate.is)) first.set(candidate.is, candidate)
  return [...first.values()].slice(0, most)
}

interface Found {
  command: string
  offset: number
}

function blocks(text: string): Found[] {
  return [...text.matchAll(/^[ \t]*```[ \t]*(\w*)[^\n]*\n([^]*?)^[ \t]*```/gm)].flatMap((block) => {
    const [whole, language = '', body = ''] = block
    if (!/^(?:|sh|bash|shell|console|zsh|text|terminal)$/i.test(language)) return []
    const begin = block.index + whole.indexOf('\n') + 1
    return offsets(body, begin)
  })
}

function offsets(body: string, begin: number): Found[] {
  let offset = begin
  return body.split('\n').map((command) => {
    const found = { command, offset }
    offset += command.length + 1
    return found
  })
}

function spans(text: string): Found[] {
  return [...text.matchAll(/(?<!`)`([^`\n]{2,300})`(?!`)/g)].map((span) => ({ command: span[1] ?? '', offset: span.index }))
}
