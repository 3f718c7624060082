import { dispatchable, type ActEffect, type Effect, type EffectOf } from '../domain/effect.ts'
import type { EventOf, Usage } from '../domain/event.ts'
import type { EffectId, MissionKey } from '../domain/id.ts'
import { Invariant } from '../domain/invariant.ts'
import type { Mission } from '../domain/mission.ts'
import { OverBudget } from '../agents/budget.ts'
import type { Agents } from '../ports/agents.ts'
import { ForgeRefused, type AnswerBody, type Forge } from '../ports/forge.ts'
import type { JobResult } from '../ports/jobs.ts'
import { ModelAway, ModelRefused } from '../ports/model.ts'
import type { Runner, RunnerServices } from './runner.ts'

export interface PerformServices extends Pick<RunnerServices, 'missions' | 'jobs' | 'clock' | 'log'> {
  runner: Runner
  forge: Forge
  agents: Agents
  /** How often a commit's checks are asked for while none has called. */
  checks_poll_ms: number
}

type Attempt = { last_attempt: boolean }

/** How often a run that is to stop is looked at. */
const stopping_poll_ms = 500

/** One effect → its answer. The fence: an effect that is not in the outbox any more, or is held back, is not done. */
export function performer(services: PerformServices) {
  const { missions, runner, log, clock } = services
  return { perform }

  async function perform(key: MissionKey, id: EffectId, attempt: Attempt, signal: AbortSignal): Promise<JobResult> {
    const { mission } = await missions.load(key)
    const effect = mission && may(mission, id)
    if (!effect) {
      // Its process was killed, and the mission was held before it came back.
      const waiting = mission?.pending.find((e) => e.id === id)
      if (mission && waiting?.type === 'StartRun') await paused(mission, waiting)
      return { done: true }
    }
    log.info('effect', { mission: key, effect: id })
    try {
      return await act(mission, effect, signal)
    } catch (error) {
      if (signal.aborted) throw error
      if (isRetryable(error) && !attempt.last_attempt) throw error
      await fail(mission, effect, error)
      return { done: true }
    }
  }

  async function act(mission: Mission, effect: Effect, signal: AbortSignal): Promise<JobResult> {
    switch (effect.type) {
      case 'StartRun':
        return startRun(mission, effect, signal)
      case 'IntegrateFeature':
        return answer(mission, effect, await services.agents.integrate(effect, mission, signal))
      case 'DryRun':
        return answer(mission, effect, await services.agents.dryRun(effect, mission, signal))
      case 'StopRun':
        return stopRun(mission, effect)
      case 'AwaitChecks':
        return awaitChecks(mission, effect, signal)
      case 'WakeAt': {
        const left = Date.parse(effect.at) + effect.delay_ms - clock.now().getTime()
        return left > 0 ? { again: true, delay_ms: left } : answer(mission, effect, { type: 'Woke' })
      }
      case 'Acknowledge':
      case 'FetchPictures':
      case 'AskQuestions':
      case 'PublishPlan':
      case 'OpenIntegrationBranch':
      case 'PublishFeature':
      case 'OpenFixIssue':
      case 'PublishSplit':
      case 'PostReview':
      case 'PostVerdict':
      case 'CommitKnowledge':
      case 'MergeFeature':
      case 'ReportValidation':
      case 'OpenMissionPullRequest':
      case 'PostHalt':
      case 'Respond':
      case 'CloseMission':
        return answer(mission, effect, await services.forge.perform(effect satisfies ActEffect, mission, signal))
    }
  }

  async function startRun(mission: Mission, effect: EffectOf<'StartRun'>, signal: AbortSignal): Promise<JobResult> {
    const mayGoOn = async () => {
      const now = (await missions.load(mission.key)).mission
      return now !== null && may(now, effect.id) !== null
    }
    const ending = await services.agents.run(effect, mission, mayGoOn, signal)
    if (ending !== 'stopped') return answer(mission, effect, ending)
    // Lifted between the last look and now: nobody else would take it up before the sweep.
    if (await mayGoOn()) return { again: true, delay_ms: 0 }
    await paused(mission, effect)
    return { done: true }
  }

  /** People who look at a mission that waits see what it has cost. Of a run that is needed no more, `StopRun` tells. */
  async function paused(mission: Mission, { id }: EffectOf<'StartRun'>): Promise<void> {
    const usage = await services.agents.used(id, mission)
    if (usage.turns > 0) await runner.handle(mission.key, { id: `${id}/paused@${tokensOf(usage)}`, type: 'RunPaused', run: id, usage })
  }

  async function stopRun(mission: Mission, effect: EffectOf<'StopRun'>): Promise<JobResult> {
    const waited = clock.now().getTime() - Date.parse(effect.at)
    // A job that waits, for its turn or another try, will find its effect gone and do nothing.
    if (waited < effect.patience_ms && (await services.jobs.atWork('run', effect.run))) return { again: true, delay_ms: stopping_poll_ms }
    return answer(mission, effect, { type: 'RunStopped', run: effect.run, usage: await services.agents.used(effect.run, mission) })
  }

  async function awaitChecks(mission: Mission, effect: EffectOf<'AwaitChecks'>, signal: AbortSignal): Promise<JobResult> {
    const found = await services.forge.checks(mission, effect, signal)
    const waited = clock.now().getTime() - Date.parse(effect.at)
    const concluded = (conclusion: EventOf<'ChecksConcluded'>['conclusion'], rest: Partial<EventOf<'ChecksConcluded'>> = {}) =>
      answer(mission, effect, { type: 'ChecksConcluded', sha: effect.sha, conclusion, failing: [], base_head: null, ...rest })
    switch (found.state) {
      case 'success':
        return concluded('success')
      case 'failure':
        return concluded('failure', { failing: found.failing })
      case 'conflict':
        return concluded('conflict', { base_head: found.base_head })
      case 'absent':
        if (waited >= effect.grace_ms) return concluded('none')
        return { again: true, delay_ms: Math.min(services.checks_poll_ms, effect.grace_ms - waited) }
      case 'pending':
        if (waited >= effect.deadline_ms) return concluded('timeout')
        return { again: true, delay_ms: services.checks_poll_ms }
    }
  }

  async function answer(mission: Mission, effect: Effect, body: AnswerBody): Promise<JobResult> {
    await runner.handle(mission.key, { ...body, id: `${effect.id}/done`, answers: effect.id })
    return { done: true }
  }

  async function fail(mission: Mission, effect: Effect, error: unknown): Promise<void> {
    const { trouble, detail } = troubleOf(error)
    const times = ((await missions.load(mission.key)).mission?.failures[effect.id] ?? 0) + 1
    if (effect.type === 'StartRun') await paused(mission, effect).catch((unknown: unknown) => log.warn('nobody knows what a run used', { run: effect.id, error: String(unknown) }))
    log.error('effect failed', { mission: mission.key, effect: effect.id, trouble, detail, error: error instanceof Error ? error.stack : String(error) })
    await runner.handle(mission.key, { id: `${effect.id}/failed@${times}`, type: 'EffectFailed', effect: effect.id, trouble, detail })
  }
}

/** The effect, if it is in the outbox and its turn has come. */
function may(mission: Mission, id: EffectId): Effect | null {
  return dispatchable(mission.pending, mission.holds.length > 0).find((e) => e.id === id) ?? null
}

function tokensOf(u: Usage): number {
  return u.input_tokens + u.cache_write_tokens + u.cache_read_tokens + u.output_tokens
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}

function troubleOf(error: unknown): { trouble: EventOf<'EffectFailed'>['trouble']; detail: string } {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof ModelAway) return { trouble: 'model_away', detail }
  if (error instanceof ModelRefused) return { trouble: 'model_refused_credentials', detail }
  if (error instanceof OverBudget) return { trouble: 'budget', detail }
  if (error instanceof ForgeRefused) return { trouble: error.trouble, detail }
  if (error instanceof Invariant) return { trouble: 'bug', detail }
  return { trouble: isRetryable(error) ? 'environment' : 'bug', detail }
}
