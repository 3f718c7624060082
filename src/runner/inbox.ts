import { parseCommands, pricedOnly } from '../domain/commands.ts'
import { missionKey, type MissionKey } from '../domain/id.ts'
import type { Mission } from '../domain/mission.ts'
import type { Limits, Policy } from '../domain/policy.ts'
import { canonicalise } from '../domain/untrusted.ts'
import { laneOf } from '../domain/effect.ts'
import type { Forge, RawFact } from '../ports/forge.ts'
import type { Jobs } from '../ports/jobs.ts'
import type { Journal } from '../ports/journal.ts'
import { nothing, type MissionStore } from './missions.ts'
import type { Runner, Told } from './runner.ts'
import { emptyRepository, notAllowed } from '../domain/views/refusal.ts'

export interface InboxServices {
  journal: Journal
  jobs: Jobs
  missions: MissionStore
  runner: Runner
  forge: Forge
  limits: Limits
  policy: Policy
  /** Whether what a model costs is known: others cannot be asked for. */
  isPriced: (model: string) => boolean
}

type Fact<F extends RawFact['fact']> = Extract<RawFact, { fact: F }>

/** A raw fact → an event of its mission, once the people in it were asked for. Facts about nothing of ours end here. */
export function inbox(services: InboxServices) {
  const { journal, jobs, missions, runner, forge } = services
  return { take }

  async function take(fact: RawFact): Promise<void> {
    switch (fact.fact) {
      case 'labelled':
        return labelled(fact)
      case 'unlabelled':
        return tellIssue(fact, { type: 'LabelRemoved', by: fact.by })
      case 'issue_closed':
        return tellIssue(fact, { type: 'IssueClosed', by: fact.by })
      case 'issue_reopened':
        return tellIssue(fact, { type: 'IssueReopened', by: fact.by })
      case 'commented':
        return commented(fact)
      case 'pull_closed':
        return tell(fact.key, { id: fact.id, type: 'PullRequestClosed', by: fact.by, pull: fact.pull, branch: fact.branch, merge_sha: fact.merge_sha })
      case 'reviewed':
        if (!(await mayWrite(fact, fact.by))) return
        return tell(fact.key, { id: fact.id, type: 'PullRequestReviewed', by: fact.by, pull: fact.pull, branch: fact.branch, head: fact.head, state: fact.state, body: canonicalise(fact.body).text })
      case 'head_moved':
        return tell(fact.key, { id: fact.id, type: 'HeadMoved', by: fact.by, branch: fact.branch, sha: fact.sha })
      case 'checks_changed':
        return wakeWaits(fact)
      case 'access_lost':
        return accessLost(fact)
    }
  }

  async function labelled(fact: Fact<'labelled'>): Promise<void> {
    const { repository, issue } = fact
    if (!(await mayWrite(fact, fact.by))) return forge.refuse(repository, issue, { marker: `refuse/${issue}/${fact.by}`, text: notAllowed(fact.by) })
    const now = await forge.intake(repository, issue)
    if (now.by_us || !now.labelled) return
    if (!now.head) return forge.refuse(repository, issue, { marker: `refuse/${issue}/empty/${fact.updated_at}`, text: emptyRepository(fact.by) })
    const key = await keyFor(fact)
    if (!key) return
    const title = canonicalise(fact.title)
    const body = canonicalise(fact.body)
    await tell(key, {
      id: fact.id,
      type: 'MissionRequested',
      request: {
        key,
        installation_id: repository.installation_id,
        repository: { id: repository.id, owner: repository.owner, name: repository.name, default_branch: now.default_branch },
        issue: { number: issue, title: title.text, body: body.text, author: fact.author },
        by: fact.by,
        hidden_passages: title.hidden_passages + body.hidden_passages,
      },
      limits: services.limits,
      policy: services.policy,
    })
  }

  /** A live mission keeps its key; an ended one is followed by another only if the label is newer than its end. */
  async function keyFor(fact: Fact<'labelled'>): Promise<MissionKey | null> {
    const latest = await journal.latest(fact.repository.id, fact.issue)
    const place = { repository_id: fact.repository.id, issue: fact.issue }
    if (!latest) return missionKey({ ...place, k: 1 })
    const { mission } = await missions.load(latest)
    if (!mission?.ended_at) return latest
    if (isBefore(fact.updated_at, mission.ended_at)) return null
    return missionKey({ ...place, k: Number(latest.split('-')[2] ?? 1) + 1 })
  }

  async function commented(fact: Fact<'commented'>): Promise<void> {
    const key = fact.key ?? (await journal.latest(fact.repository.id, fact.issue))
    const { mission, seen } = key ? await missions.load(key) : nothing
    // The sweep tells everything again and again: what is known needs nobody's permission.
    if (seen.has(fact.id)) return
    if (!mission || isBefore(fact.created_at, mission.requested_at)) return
    const text = canonicalise(fact.body).text
    const commands = parseCommands(text)
    const where = { by: fact.by, comment: fact.comment, issue: fact.issue }
    if (commands.length === 0 && !awaitsReply(mission)) return
    if (!(await mayWrite(fact, fact.by))) {
      // Anybody may talk; only an order by someone who may not give it is answered.
      if (commands.length > 0) await tell(mission.key, { id: fact.id, type: 'OutsiderSpoke', ...where })
      return
    }
    const [given] = commands
    if (!given) return tell(mission.key, { id: fact.id, type: 'Replied', ...where, text })
    const command = pricedOnly(given, services.isPriced)
    await tell(mission.key, { id: fact.id, type: 'CommandGiven', ...where, created_at: fact.created_at, command })
  }

  async function wakeWaits(fact: Fact<'checks_changed'>): Promise<void> {
    for (const key of await journal.live()) {
      if (!key.startsWith(`${fact.repository.id}-`)) continue
      for (const effect of await journal.outbox(key)) if (effect.type === 'AwaitChecks' && effect.sha === fact.sha) await jobs.poke(laneOf[effect.type], effect.id)
    }
  }

  async function accessLost(fact: Fact<'access_lost'>): Promise<void> {
    for (const key of await journal.live()) {
      const { mission } = await missions.load(key)
      const ours = mission?.request.installation_id === fact.repository.installation_id && (fact.repositories === 'all' || fact.repositories.includes(mission.request.repository.id))
      if (ours) await tell(key, { id: fact.id, type: 'AccessLost', reason: fact.reason })
    }
  }

  async function tellIssue(fact: RawFact & { issue: number }, event: { type: 'LabelRemoved' | 'IssueClosed' | 'IssueReopened'; by: string }): Promise<void> {
    const key = await journal.latest(fact.repository.id, fact.issue)
    if (key) await tell(key, { ...event, id: fact.id })
  }

  async function tell(key: MissionKey, event: Told): Promise<void> {
    await runner.handle(key, event)
  }

  async function mayWrite(fact: RawFact, login: string): Promise<boolean> {
    return ['admin', 'write'].includes(await forge.permission(fact.repository, login))
  }
}

/** GitHub tells whole seconds. */
function isBefore(theirs: string, ours: string): boolean {
  return Date.parse(theirs) < Math.floor(Date.parse(ours) / 1000) * 1000
}

function awaitsReply(mission: Mission): boolean {
  return mission.phase === 'clarifying' && (mission.clarify_rounds.at(-1)?.comment ?? null) !== null
}
