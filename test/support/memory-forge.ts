import type { ActEffect } from '../../src/domain/effect.ts'
import type { Permission } from '../../src/domain/event.ts'
import { branches, type EffectId, type MissionKey, type Sha } from '../../src/domain/id.ts'
import type { Mission } from '../../src/domain/mission.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { ForgeRefused, type AnswerBody, type Forge, type RawFact } from '../../src/ports/forge.ts'
import type { Names } from './told/names.ts'

interface Pull {
  number: number
  branch: string
  base: string
  state: 'open' | 'closed'
  merge_sha: Sha | null
}

/** GitHub in memory: what the app made of it, and what people did there. */
export interface MemoryForge extends Forge {
  /** What was really done, once each, in order. */
  acts: EffectId[]
  heads: Map<string, Sha>
  pulls: Pull[]
  refusals: Map<string, string>
  /** How often a mission's pages were drawn. */
  drawn: MissionKey[]
  /** The labelled issue. */
  issue: { labelled: boolean; open: boolean; by_us: boolean }
  /** What happened, for the sweep; a webhook is the same fact. */
  happened: RawFact[]
  permissions: Record<string, Permission>
  /** Thrown at an act of this name, before or after it was done, as often as there are errors. */
  fails(natural: string, when: 'before' | 'after', ...errors: Error[]): void
  head: Sha | null
}

/** Numbers are given out as GitHub does: issues and pull requests from one row. */
export function memoryForge(names: Names, clock: Clock): MemoryForge {
  let number = 40
  const answers = new Map<EffectId, AnswerBody>()
  const failing = new Map<string, { when: 'before' | 'after'; errors: Error[] }>()
  const forge: MemoryForge = {
    acts: [],
    heads: new Map([['main', names.sha('base')]]),
    pulls: [],
    refusals: new Map(),
    drawn: [],
    issue: { labelled: true, open: true, by_us: false },
    happened: [],
    permissions: { mara: 'write', ed: 'read' },
    head: names.sha('base'),
    fails: (natural, when, ...errors) => void failing.set(natural, { when, errors }),

    async perform(act, mission, signal) {
      signal.throwIfAborted()
      trouble(act.id, 'before')
      const known = answers.get(act.id)
      const answer = known ?? does(act, mission)
      if (!known) {
        answers.set(act.id, answer)
        forge.acts.push(act.id)
      }
      trouble(act.id, 'after')
      return answer
    },
    async project(mission) {
      forge.drawn.push(mission.key)
    },
    checks: async () => ({ state: 'success' }),
    facts: async () => forge.happened,
    permission: async (_repository, login) => forge.permissions[login] ?? 'none',
    async refuse(_repository, _issue, { marker, text }) {
      if (!forge.refusals.has(marker)) forge.refusals.set(marker, text)
    },
    intake: async () => ({ ...forge.issue, head: forge.head, default_branch: 'main', title: '', body: '', author: 'mara' }),
  }
  return forge

  function trouble(id: EffectId, when: 'before' | 'after'): void {
    const found = failing.get(id.slice(id.indexOf('.') + 1))
    const error = found?.when === when ? found.errors.shift() : undefined
    if (error) throw error
  }

  function does(act: ActEffect, mission: Mission): AnswerBody {
    switch (act.type) {
      case 'Acknowledge':
        return { type: 'Acknowledged', comment: ++number, base_sha: forge.head ?? names.sha('base') }
      case 'FetchPictures':
        return { type: 'PicturesFetched', pictures: act.pictures.map(({ address }) => ({ address, outcome: { is: 'missing', trouble: { why: 'not_found', status: 404 } } })) }
      case 'AskQuestions':
        return { type: 'QuestionsAsked', comment: ++number }
      case 'PublishPlan':
        return { type: 'PlanPublished', plan_hash: 'ab12'.repeat(16), tracking_issue: ++number, sub_issues: Object.fromEntries(mission.features.map((f) => [f.feature.id, ++number])) }
      case 'OpenIntegrationBranch':
        forge.heads.set(branches.integration(mission.key), act.sha)
        return { type: 'IntegrationBranchOpened' }
      case 'PublishFeature': {
        const branch = branchOf(mission, act.feature)
        if ((forge.heads.get(branch) ?? null) !== act.expected) throw new ForgeRefused(`${branch} stands elsewhere`, 'foreign_head')
        forge.heads.set(branch, act.head)
        return { type: 'FeaturePublished', feature: act.feature, pull: open(branch, branches.integration(mission.key)).number, head: act.head }
      }
      case 'OpenFixIssue':
        return { type: 'FixIssueOpened', feature: act.feature, issue: ++number }
      case 'PublishSplit':
        return {
          type: 'SplitPublished',
          feature: act.feature,
          sub_issues: Object.fromEntries((mission.features.find((f) => f.feature.id === act.feature)?.split_into ?? []).map((id) => [id, ++number])),
        }
      case 'CommitKnowledge': {
        const branch = branches.integration(mission.key)
        const at = forge.heads.get(branch)
        if (at !== act.head) return { type: 'KnowledgeCommitted', outcome: 'moved', head: at ?? act.head, detail: '' }
        const head = names.sha(`knowledge of ${act.milestone} on ${act.head}`)
        forge.heads.set(branch, head)
        return { type: 'KnowledgeCommitted', outcome: 'committed', head, detail: '' }
      }
      case 'MergeFeature': {
        const pull = open(branchOf(mission, act.feature), branches.integration(mission.key))
        if (forge.heads.get(pull.branch) !== act.head)
          return { type: 'MergeRefused', feature: act.feature, reason: 'head_moved', detail: 'The head moved.', head: forge.heads.get(pull.branch) ?? null }
        return { type: 'FeatureMerged', feature: act.feature, sha: merge(pull) }
      }
      case 'OpenMissionPullRequest':
        return { type: 'MissionPullRequestOpened', pull: open(branches.integration(mission.key), 'main').number }
      case 'PostReview':
        return { type: 'ReviewPosted' }
      case 'PostVerdict':
        return { type: 'VerdictPosted' }
      case 'ReportValidation':
        return { type: 'ValidationReported' }
      case 'PostHalt':
        return { type: 'HaltPosted' }
      case 'Respond':
        return { type: 'Responded' }
      case 'CloseMission':
        return { type: 'MissionClosed' }
    }
  }

  function branchOf(mission: Mission, feature: string): string {
    const found = mission.features.find((f) => f.feature.id === feature)
    if (!found) throw new Error(`no feature ${feature}`)
    return found.branch
  }

  /** The open pull request of a branch; a new one where there is none. */
  function open(branch: string, base: string): Pull {
    const known = forge.pulls.find((p) => p.branch === branch && p.base === base && p.state === 'open')
    if (known) return known
    const pull: Pull = { number: ++number, branch, base, state: 'open', merge_sha: null }
    forge.pulls.push(pull)
    return pull
  }

  function merge(pull: Pull): Sha {
    const sha = names.sha(`merge of #${pull.number} at ${clock.now().toISOString()}`)
    Object.assign(pull, { state: 'closed', merge_sha: sha })
    forge.heads.set(pull.base, sha)
    return sha
  }
}
