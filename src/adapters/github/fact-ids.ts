import { instant } from './instant.ts'

/** Names of facts. Webhooks and the sweep both take them from here: the same fact, the same id. */
export const factId = {
  labelled: (issue: number, updated_at: string) => `issue/${issue}/labelled@${instant(updated_at)}`,
  unlabelled: (issue: number, updated_at: string) => `issue/${issue}/unlabelled@${instant(updated_at)}`,
  issueClosed: (issue: number, closed_at: string) => `issue/${issue}/closed@${instant(closed_at)}`,
  issueReopened: (issue: number, updated_at: string) => `issue/${issue}/reopened@${instant(updated_at)}`,
  comment: (comment: number) => `comment/${comment}`,
  pullClosed: (pull: number, closed_at: string) => `pr/${pull}/closed@${instant(closed_at)}`,
  pullHead: (pull: number, sha: string) => `pr/${pull}/head@${sha}`,
  branchHead: (branch: string, sha: string) => `branch/${branch}@${sha}`,
  review: (review: number) => `review/${review}`,
  check: (check: number, completed_at: string) => `check/${check}@${instant(completed_at)}`,
  suite: (suite: number, updated_at: string) => `suite/${suite}@${instant(updated_at)}`,
  status: (status: number) => `status/${status}`,
  installation: (installation: number, action: string, at: string | number) => `installation/${installation}/${action}@${instant(at)}`,
}
