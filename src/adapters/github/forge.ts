import type { Octokit } from '@octokit/rest'
import type { ActEffect } from '../../domain/effect.ts'
import type { Mission } from '../../domain/mission.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AnswerBody, Forge } from '../../ports/forge.ts'
import type { RepositoryRef } from '../../ports/workspaces.ts'
import { acknowledge } from './acts/acknowledge.ts'
import { askQuestions } from './acts/ask-questions.ts'
import { closeMission } from './acts/close-mission.ts'
import { commitKnowledge } from './acts/commit-knowledge.ts'
import { fetchPictures } from './acts/fetch-pictures.ts'
import { mergeFeature } from './acts/merge-feature.ts'
import { openFixIssue } from './acts/open-fix-issue.ts'
import { openIntegrationBranch } from './acts/open-integration-branch.ts'
import { openMissionPullRequest } from './acts/open-mission-pull-request.ts'
import { postHalt } from './acts/post-halt.ts'
import { postReview } from './acts/post-review.ts'
import { postVerdict } from './acts/post-verdict.ts'
import { publishFeature } from './acts/publish-feature.ts'
import { publishPlan } from './acts/publish-plan.ts'
import { publishSplit } from './acts/publish-split.ts'
import { reportValidation } from './acts/report-validation.ts'
import { respond } from './acts/respond.ts'
import { withRules } from './call.ts'
import type { Names } from './call.ts'
import { checksOf } from './checks.ts'
import { factsOf } from './facts.ts'
import type { AppIdentity } from './identity.ts'
import { intake, permissionOf, refuse } from './intake.ts'
import type { Markers } from './marker.ts'
import { createPace } from './pace.ts'
import { project } from './project.ts'
import type { Drawn } from './project.ts'
import type { Site } from './site.ts'
import type { Texts } from './texts.ts'
import { refusalOf } from './trouble.ts'

export interface GithubForgeSpec {
  /** A new client at each call: it is wrapped for one act. */
  octokitFor(repository: RepositoryRef): Octokit
  identity: AppIdentity
  markers: Markers
  workspaces: Site['workspaces']
  pictures: Site['pictures']
  texts: Texts
  clock: Clock
  /** Between two changes of one installation; GitHub advises a second. */
  spacing_ms?: number
  /** Of one call. */
  timeout_ms?: number
}

/** GitHub over REST. Each act looks first for what an earlier try may have left. */
export function githubForge(spec: GithubForgeSpec): Forge {
  const { identity, markers, texts, workspaces, pictures, clock } = spec
  const pace = createPace({ clock, spacing_ms: spec.spacing_ms ?? 1000 })
  const names: Names = new Map()
  const drawn: Drawn = new Map()

  function siteOf(repository: RepositoryRef, signal: AbortSignal): Site {
    const octokit = withRules(spec.octokitFor(repository), { repository, pace, names, clock, signal, timeout_ms: spec.timeout_ms ?? 20_000 })
    const repo = names.get(repository.id) ?? { owner: repository.owner, repo: repository.name }
    return { octokit, repository, repo, identity, markers, texts, workspaces, pictures, clock, signal }
  }

  async function on<T>(repository: RepositoryRef, doing: string, signal: AbortSignal, act: (site: Site) => Promise<T>): Promise<T> {
    try {
      return await act(siteOf(repository, signal))
    } catch (error) {
      throw refusalOf(error, doing)
    }
  }

  const unhurried = (): AbortSignal => AbortSignal.timeout(10 * 60_000)

  return {
    perform: (act, mission, signal) => on(repositoryOf(mission), doingOf(act), signal, (site) => perform(site, act, mission)),
    project: (mission, signal) => on(repositoryOf(mission), 'redraw the status', signal, (site) => project(site, drawn, mission)),
    checks: (mission, wait, signal) => on(repositoryOf(mission), 'show the checks', signal, (site) => checksOf(site, mission, wait)),
    facts: (mission, signal) => on(repositoryOf(mission), 'tell what happened', signal, (site) => factsOf(site, mission)),
    permission: (repository, login) => on(repository, `tell what @${login} may do`, unhurried(), (site) => permissionOf(site, login)),
    refuse: (repository, issue, refusal) => on(repository, 'take a comment', unhurried(), (site) => refuse(site, issue, refusal)),
    intake: (repository, issue) => on(repository, `show issue #${issue}`, unhurried(), (site) => intake(site, issue)),
  }
}

function repositoryOf(mission: Mission): RepositoryRef {
  const { id, owner, name } = mission.request.repository
  return { id, owner, name, installation_id: mission.request.installation_id }
}

async function perform(site: Site, act: ActEffect, mission: Mission): Promise<AnswerBody> {
  switch (act.type) {
    case 'Acknowledge':
      return acknowledge(site, act, mission)
    case 'FetchPictures':
      return fetchPictures(site, act, mission)
    case 'AskQuestions':
      return askQuestions(site, act, mission)
    case 'PublishPlan':
      return publishPlan(site, act, mission)
    case 'OpenIntegrationBranch':
      return openIntegrationBranch(site, act, mission)
    case 'PublishFeature':
      return publishFeature(site, act, mission)
    case 'OpenFixIssue':
      return openFixIssue(site, act, mission)
    case 'PublishSplit':
      return publishSplit(site, act, mission)
    case 'PostReview':
      return postReview(site, act, mission)
    case 'PostVerdict':
      return postVerdict(site, act, mission)
    case 'CommitKnowledge':
      return commitKnowledge(site, act, mission)
    case 'MergeFeature':
      return mergeFeature(site, act, mission)
    case 'ReportValidation':
      return reportValidation(site, act, mission)
    case 'OpenMissionPullRequest':
      return openMissionPullRequest(site, act, mission)
    case 'PostHalt':
      return postHalt(site, act, mission)
    case 'Respond':
      return respond(site, act, mission)
    case 'CloseMission':
      return closeMission(site, act, mission)
  }
}

/** What GitHub was asked for, as the end of "GitHub refused to …". */
function doingOf(act: ActEffect): string {
  switch (act.type) {
    case 'Acknowledge':
      return 'take the first comment'
    case 'FetchPictures':
      return 'show the pictures of the request'
    case 'AskQuestions':
      return 'take the questions'
    case 'PublishPlan':
      return 'publish the plan'
    case 'OpenIntegrationBranch':
      return 'open the mission’s branch'
    case 'PublishFeature':
      return `open the pull request of ${act.feature}`
    case 'OpenFixIssue':
      return `open the issue of ${act.feature}`
    case 'PublishSplit':
      return `open the issues that ${act.feature} was split into`
    case 'PostReview':
      return `take the review of ${act.feature}`
    case 'PostVerdict':
      return 'take the verdict'
    case 'CommitKnowledge':
      return 'take what was learned'
    case 'MergeFeature':
      return `merge ${act.feature}`
    case 'ReportValidation':
      return 'take the validation check'
    case 'OpenMissionPullRequest':
      return 'open the mission’s pull request'
    case 'PostHalt':
      return 'take the comment that explains the halt'
    case 'Respond':
      return 'take a reply'
    case 'CloseMission':
      return 'close what the mission left open'
  }
}
