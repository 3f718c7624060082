import { z } from 'zod'
import type { Handoff } from '../../domain/feature.ts'
import type { RunRecord } from '../record.ts'
import { callsOf } from '../record.ts'

interface Executed {
  command: string
  /** null: killed. */
  exit: number | null
}

/** A sentence for each command that a handoff says was run and that the trajectory does not show with that exit code. */
export function claimProblems(commands: Handoff['commands'], record: RunRecord): string[] {
  const executed = executedIn(record)
  return commands.flatMap((claim) => {
    const same = executed.filter((run) => isSame(claim.command, run.command))
    if (same.some((run) => exitOf(run) === claim.exit)) return []
    if (same.length === 0) return [`You say you ran \`${claim.command}\`; you never did. Run it and say what came of it, or take it out; name a command exactly as you ran it.`]
    const exits = [...new Set(same.map((run) => (run.exit === null ? 'was killed' : `exited ${run.exit}`)))].join(' and ')
    return [`You say \`${claim.command}\` exited ${claim.exit}; when you ran it, it ${exits}. Say what you saw.`]
  })
}

const Bash = z.looseObject({ command: z.string() })

function executedIn(record: RunRecord): Executed[] {
  return record.turns.flatMap(({ turn, results }) =>
    callsOf(turn).flatMap((call) => {
      const input = Bash.safeParse(call.input)
      const exit = results.get(call.id)?.exit
      return call.name === 'bash' && input.success && exit !== undefined ? [{ command: input.data.command, exit }] : []
    }),
  )
}

function exitOf(run: Executed): number {
  return run.exit ?? -1
}

/** Blanks apart, and the way to the folder where every command begins. */
function isSame(claimed: string, executed: string): boolean {
  const wanted = plain(claimed)
  const own = plain(executed)
  // The field takes 400 characters: of a longer command its beginning is enough.
  return wanted === own || (wanted.length > 40 && /(…|\.\.\.)$/.test(wanted) && own.startsWith(wanted.replace(/(…|\.\.\.)$/, '').trimEnd()))
}

function plain(command: string): string {
  return command
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\$ /, '')
    .replace(/^cd \/work\s*(?:&&|;)\s*/, '')
}
