import type { DryRunReport } from '../../domain/dry-run.ts'
import type { Procedures } from '../../domain/feature.ts'
import type { Sandbox } from '../../ports/sandbox.ts'

type EntryPoint = DryRunReport['entry_points'][number]

/** Runs each command that the plan says users run, asking it for its help: what it answers is its own affair, that it runs is ours. */
export async function tryEntryPoints(product: Sandbox, { entry_points, env }: Pick<Procedures, 'entry_points' | 'env'>, signal: AbortSignal): Promise<EntryPoint[]> {
  const tried: EntryPoint[] = []
  for (const argv of entry_points) tried.push({ argv, ...(await tryOne(argv)) })
  return tried

  async function tryOne(argv: readonly string[]): Promise<Omit<EntryPoint, 'argv'>> {
    const [program = '', ...rest] = argv
    const absent = await missing([program, ...rest].filter(isPath))
    if (absent !== null) return { state: 'not_built', detail: `${absent} is not there yet.` }
    if ((await sh('command -v -- "$1"', program)) !== 0) {
      if (isPath(program)) return { state: 'broken', detail: `${program} is there, but it cannot be executed.` }
      return toolchain.test(program) ? { state: 'broken', detail: `There is no ${program} on this machine.` } : { state: 'not_built', detail: `There is no command ${program} yet.` }
    }
    const ran = await product.exec({ argv: [program, ...rest, '--help'], stdin: '', env, timeout_ms: 15_000, output_limit_bytes: 4_000 }, signal)
    const said = (ran.stderr || ran.stdout).trim().split('\n').slice(-5).join('\n').slice(-600)
    if (ran.timed_out) return { state: 'runs', detail: 'It waits for somebody to type.' }
    if (ran.exit === null || ran.exit === 126 || ran.exit === 127) return { state: 'broken', detail: `It ${ran.exit === null ? 'was killed' : `ended with exit ${ran.exit}`}. ${said}`.trim() }
    return { state: 'runs', detail: `--help ends with exit ${ran.exit}` }
  }

  async function missing(paths: string[]): Promise<string | null> {
    for (const path of paths) if ((await sh('test -e "$1"', path)) !== 0) return path
    return null
  }

  async function sh(script: string, word: string): Promise<number | null> {
    return (await product.exec({ argv: ['bash', '-c', script, 'bash', word], env, timeout_ms: 10_000, output_limit_bytes: 1_000 }, signal)).exit
  }
}

/** What runs programs, and is none that a mission builds. */
const toolchain = /^(?:node|npm|npx|pnpm|yarn|deno|bun|tsx|python[\d.]*|pip[\d.]*|uv|uvx|poetry|pipenv|ruby|bundle|php|composer|perl|go|cargo|rustc|java|mvn|gradle|dotnet|make|cmake|bash|sh|docker)$/

/** A file of the repository, as far as one can tell from its name. */
function isPath(word: string): boolean {
  return /^\.{0,2}\/?[\w@.-]+(?:\/[\w@.-]+)+$/.test(word) || /^[\w@.-]+\.(?:[cm]?[jt]s|py|rb|php|pl|sh|jar|exe)$/.test(word)
}
