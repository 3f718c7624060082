import type { Program } from './program.ts'
import { buildProgram } from './programs/build.ts'
import { confirmProgram } from './programs/confirm.ts'
import { clarifyProgram } from './programs/clarify.ts'
import { curateProgram } from './programs/curate.ts'
import { exerciseProgram } from './programs/exercise.ts'
import { exploreProgram } from './programs/explore.ts'
import { contractProgram, decomposeProgram } from './programs/plan.ts'
import { reviewProgram } from './programs/review.ts'
import { splitProgram } from './programs/split.ts'
import { synthesiseProgram } from './programs/synthesise.ts'
import { triageProgram } from './programs/triage.ts'
import type { Brief } from './request.ts'

type Task = 'clarify' | 'contract' | 'decompose' | 'triage' | 'curate' | 'split' | 'build' | 'review' | 'confirm' | 'synthesise' | 'exercise' | 'explore'

/** Which story is told. */
export interface Told {
  /** Numbers of the defects that workers leave behind in their first attempt. */
  defects: readonly number[]
  /** The first milestone alone; default the whole. */
  short?: boolean
}

/** The program of the role that a request is for. Only workers know of defects. */
export function programFor(brief: Brief, { defects, short = false }: Told): Program {
  switch (taskOf(brief)) {
    case 'clarify':
      return clarifyProgram(brief, short)
    case 'contract':
      return contractProgram(short)
    case 'decompose':
      return decomposeProgram(brief, short)
    case 'split':
      return splitProgram()
    case 'triage':
      return triageProgram(brief)
    case 'curate':
      return curateProgram(brief)
    case 'build':
      return buildProgram(brief, defects)
    case 'review':
      return reviewProgram(brief)
    case 'confirm':
      return confirmProgram(brief)
    case 'synthesise':
      return synthesiseProgram(brief)
    case 'exercise':
      return exerciseProgram(brief)
    case 'explore':
      return exploreProgram()
  }
}

const headings: [RegExp, Task][] = [
  [/^#? *explorer/i, 'explore'],
  [/orchestrator.*understand/i, 'clarify'],
  [/orchestrator.*contract/i, 'contract'],
  [/orchestrator.*(features|milestones)/i, 'decompose'],
  [/orchestrator.*too large/i, 'split'],
  [/orchestrator.*findings/i, 'triage'],
  [/scrutiny.*confirm/i, 'confirm'],
  [/orchestrator.*learned/i, 'curate'],
  [/scrutiny.*(milestone|whole|synthes)/i, 'synthesise'],
  [/scrutiny/i, 'review'],
  [/user testing/i, 'exercise'],
  [/worker/i, 'build'],
]
const runs: [RegExp, Task][] = [
  [/\.x\d+$|\.explore\./, 'explore'],
  [/\.clarify\./, 'clarify'],
  [/\.contract\./, 'contract'],
  [/\.decompose\./, 'decompose'],
  [/\.triage\./, 'triage'],
  [/\.split\./, 'split'],
  [/\.curate\./, 'curate'],
  [/\.build\./, 'build'],
  [/\.review\./, 'review'],
  [/\.confirm\./, 'confirm'],
  [/\.synthesi/, 'synthesise'],
  [/\.exercise\./, 'exercise'],
]

/** By what the prompt says it is, else by the run's id, else by the tools at hand. */
export function taskOf(brief: Brief): Task {
  const known = headings.find(([pattern]) => pattern.test(brief.heading)) ?? runs.find(([pattern]) => pattern.test(brief.run))
  if (known !== undefined) return known[1]
  const has = (tool: string) => brief.tools.includes(tool)
  if (has('commit')) return 'build'
  if (has('product') || has('browser') || has('http')) return 'exercise'
  if (has('explore')) return 'clarify'
  return has('bash') ? 'review' : 'explore'
}
