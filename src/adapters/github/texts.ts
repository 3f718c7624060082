import type { AssertionId } from '../../domain/id.ts'
import type { Saying } from '../../domain/effect.ts'
import type { Suggestion } from '../../domain/verdict.ts'
import type { FeatureState, FindingState, Mission } from '../../domain/mission.ts'

export interface Page {
  title: string
  body: string
}

/** The words of everything the app writes on GitHub; the functions are those of domain/views. */
export interface Texts {
  statusComment(mission: Mission): string
  questions(mission: Mission, round: number): string
  trackingIssue(mission: Mission): Page
  planNotice(mission: Mission): string
  featureIssue(mission: Mission, feature: FeatureState): Page
  splitNotice(mission: Mission, feature: FeatureState): string
  featurePullRequest(mission: Mission, feature: FeatureState): Page
  review(mission: Mission, feature: FeatureState): string
  findingComment(mission: Mission, finding: FindingState): string
  suggestionBlock(suggestion: Suggestion): string
  suggestionWords(suggestion: Suggestion): string
  verdictComment(mission: Mission, subject: { assertions: AssertionId[]; findings: FindingState[] }): string
  validationCheck(mission: Mission): { title: string; summary: string; text: string }
  report(mission: Mission): Page
  halt(mission: Mission, n: number): string
  saying(mission: Mission, saying: Saying): string
  closing(mission: Mission): string
}
