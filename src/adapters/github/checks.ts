import type { EffectOf } from '../../domain/effect.ts'
import type { FailingCheck } from '../../domain/event.ts'
import type { Mission } from '../../domain/mission.ts'
import { ForgeAway } from '../../ports/forge.ts'
import type { Forge } from '../../ports/forge.ts'
import { branchHead } from './branches.ts'
import type { Site } from './site.ts'
import { validationCheckName } from './validation-check.ts'

type Checks = Awaited<ReturnType<Forge['checks']>>

const summary_limit = 2000

/** The repository's own checks on a commit, runs and statuses alike; first, whether its pull request can be merged at all. */
export async function checksOf(site: Site, mission: Mission, wait: EffectOf<'AwaitChecks'>): Promise<Checks> {
  const conflict = await conflictOf(site, mission, wait)
  if (conflict !== null) return conflict
  const found = [...(await checkRuns(site, wait.sha)), ...(await statuses(site, wait.sha))]
  if (found.length === 0) return { state: 'absent' }
  // Told when all are there, so that whoever mends it sees everything at once.
  if (found.some((check) => check.state === 'pending')) return { state: 'pending' }
  const failing = found.flatMap((check) => (check.state === 'failure' ? [check.failing] : []))
  return failing.length > 0 ? { state: 'failure', failing } : { state: 'success' }
}

async function conflictOf(site: Site, mission: Mission, wait: EffectOf<'AwaitChecks'>): Promise<Checks | null> {
  const { subject } = wait
  const pull_number = subject.of === 'mission' ? mission.delivery.pull : (mission.features.find((feature) => feature.feature.id === subject.feature)?.pull ?? null)
  if (pull_number === null) return null
  const { data: pull } = await site.octokit.rest.pulls.get({ ...site.repo, pull_number })
  if (pull.state === 'closed' || pull.head.sha !== wait.sha) return null
  if (pull.mergeable === null) return { state: 'pending' }
  if (pull.mergeable) return null
  const base_head = await branchHead(site, pull.base.ref)
  if (base_head === null) throw new ForgeAway(`The branch ${pull.base.ref} is not there.`)
  return { state: 'conflict', base_head }
}

type Check = { state: 'pending' | 'success' } | { state: 'failure'; failing: FailingCheck }

const failures = new Set(['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure', 'stale'])

async function checkRuns(site: Site, sha: string): Promise<Check[]> {
  const runs = await site.octokit.paginate(site.octokit.rest.checks.listForRef, { ...site.repo, ref: sha, per_page: 100 })
  const theirs = runs.filter((run) => run.name !== validationCheckName || run.app?.id !== site.identity.app_id)
  return theirs.map((run) => {
    if (run.status !== 'completed') return { state: 'pending' }
    if (!failures.has(run.conclusion ?? '')) return { state: 'success' }
    const words = [run.output.title, run.output.summary, run.output.text].filter(Boolean).join('\n')
    return { state: 'failure', failing: { name: run.name, summary: (words || `ended as ${run.conclusion}`).slice(0, summary_limit), url: run.details_url ?? run.html_url ?? '' } }
  })
}

async function statuses(site: Site, sha: string): Promise<Check[]> {
  const { data } = await site.octokit.rest.repos.getCombinedStatusForRef({ ...site.repo, ref: sha, per_page: 100 })
  return data.statuses.map((status) => {
    if (status.state === 'pending') return { state: 'pending' }
    if (status.state === 'success') return { state: 'success' }
    return { state: 'failure', failing: { name: status.context, summary: (status.description ?? `is ${status.state}`).slice(0, summary_limit), url: status.target_url ?? '' } }
  })
}
