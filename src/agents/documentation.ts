import { documentationProblems, isDocument, newSurfaces } from '../domain/documentation.ts'
import type { Surface } from '../domain/documentation.ts'
import type { Report } from '../domain/verdict.ts'
import type { Sandbox } from '../ports/sandbox.ts'
import type { Diff } from '../ports/workspaces.ts'

export interface DocumentationCheck {
  /** For the reviewer: what no document names, and which documents changed. */
  text: string
  problems(report: Report): string[]
}

/** For milestones before the last one. */
export const notYet: DocumentationCheck = { text: '', problems: () => [] }

/** Holds what the mission added against the documents in the tree of a sandbox. */
export async function checkDocumentation(sandbox: Sandbox, diff: Diff, signal: AbortSignal): Promise<DocumentationCheck> {
  const surfaces = newSurfaces(diff.text)
  const { root, naming } = await look(
    sandbox,
    surfaces.map((s) => s.name),
    signal,
  )
  const changed = diff.files.map((file) => file.path)
  const documents = changed.filter(isDocument)
  const changelogs = root.filter((name) => /^(?:changelog|changes|history|news)(?:\.\w+)?$/i.test(name) && !changed.includes(name)).map((name): Surface => ({ kind: 'changelog', name, path: name }))
  const unnamed = surfaces.filter(({ name }) => !(naming.get(name) ?? []).some(isDocument))
  const listed = [...unnamed, ...changelogs]
  const lines = [
    `Documents that the mission changed: ${documents.join(', ') || 'none'}.`,
    surfaces.length > 0
      ? `${surfaces.length} flags, routes and settings were added, as far as a program can tell; ${surfaces.length - unnamed.length} are named by a document.`
      : 'No flag, route or setting was added, as far as a program can tell.',
    ...unnamed.map(({ kind, name, path }) => `- ${kind} ${name} (added in ${path}): no document names it`),
    ...changelogs.map(({ name }) => `- changelog ${name}: it was not changed`),
  ]
  return {
    text: lines.join('\n'),
    problems: (report) =>
      documentationProblems(report.documentation, listed, report.findings.map((f) => f.what).join('\n'), (path, name) => (naming.get(name) ?? []).includes(path.replace(/^\.\//, ''))),
  }
}

const script = `ls -1A; printf '\\0'
for name in "$@"; do grep -rlF --exclude-dir=node_modules --exclude-dir=.git --exclude-dir=.missions -e "$name" . | head -100; printf '\\0'; done`

/** Files at the root, and those that hold each name. */
async function look(sandbox: Sandbox, names: readonly string[], signal: AbortSignal): Promise<{ root: string[]; naming: Map<string, string[]> }> {
  const done = await sandbox.exec({ argv: ['bash', '-c', script, 'look', ...names], timeout_ms: 60_000, output_limit_bytes: 400_000 }, signal)
  const [root = [], ...lists] = done.stdout.split('\0').map((part) => part.split('\n').filter(Boolean))
  return { root, naming: new Map(names.map((name, i) => [name, (lists[i] ?? []).map((path) => path.replace(/^\.\//, ''))])) }
}
