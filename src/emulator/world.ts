/** Everything the emulator remembers apart from git: plain records that survive a round trip through JSON. */
export interface World {
  next_id: number
  apps: AppRecord[]
  users: UserRecord[]
  installations: InstallationRecord[]
  tokens: TokenRecord[]
  repositories: RepositoryRecord[]
  attachments: AttachmentRecord[]
}

/** A file that somebody attached to a text; its bytes lie beside the world. */
export interface AttachmentRecord {
  /** Its name in addresses. */
  id: string
  repository_id: number
  user: string
  name: string
  type: string
  created_at: string
}

export type Access = 'read' | 'write'
export type Permissions = Record<string, Access>
export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface AppRecord {
  id: number
  slug: string
  client_id: string
  public_key: string
  /** Login of the bot that acts for it. */
  bot: string
  permissions: Permissions
  events: string[]
  created_at: string
}

export interface UserRecord {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization'
  created_at: string
}

export interface InstallationRecord {
  id: number
  app_id: number
  account: string
  permissions: Permissions
  /** `null` means all repositories of the account. */
  repository_ids: number[] | null
  suspended_at: string | null
  suspended_by: string | null
  created_at: string
  updated_at: string
}

export interface TokenRecord {
  token: string
  installation_id: number
  permissions: Permissions
  repository_ids: number[] | null
  /** Milliseconds since the epoch. */
  expires_at: number
}

export interface RepositoryRecord {
  id: number
  owner: string
  name: string
  private: boolean
  description: string | null
  default_branch: string
  archived: boolean
  allow_merge_commit: boolean
  allow_squash_merge: boolean
  allow_rebase_merge: boolean
  delete_branch_on_merge: boolean
  collaborators: { login: string; role: Role }[]
  protected_branches: { name: string; required_checks: string[]; allow_pushes: boolean }[]
  next_number: number
  /** It still answers to these, with a redirect. */
  former_names: string[]
  /** Deleted issues, and transferred ones with where they went. */
  gone_issues: { number: number; moved_to: { repository_id: number; number: number } | null }[]
  labels: LabelRecord[]
  issues: IssueRecord[]
  comments: CommentRecord[]
  issue_events: IssueEventRecord[]
  reactions: ReactionRecord[]
  reviews: ReviewRecord[]
  review_comments: ReviewCommentRecord[]
  check_suites: CheckSuiteRecord[]
  check_runs: CheckRunRecord[]
  statuses: StatusRecord[]
  created_at: string
  updated_at: string
  pushed_at: string
}

export interface LabelRecord {
  id: number
  name: string
  color: string
  description: string | null
  default: boolean
}

export type StateReason = 'completed' | 'not_planned' | 'duplicate' | 'reopened'

/** An issue, or with `pull` a pull request: GitHub numbers, labels and comments on both alike. */
export interface IssueRecord {
  id: number
  number: number
  title: string
  body: string | null
  user: string
  /** App that created it on its own behalf. */
  app_id: number | null
  state: 'open' | 'closed'
  state_reason: StateReason | null
  labels: string[]
  assignees: string[]
  locked: boolean
  active_lock_reason: string | null
  created_at: string
  updated_at: string
  closed_at: string | null
  closed_by: string | null
  parent_id: number | null
  sub_issue_ids: number[]
  blocked_by_ids: number[]
  pull: PullRecord | null
}

export interface PullRecord {
  id: number
  head: { ref: string; sha: string }
  base: { ref: string; sha: string }
  draft: boolean
  requested_reviewers: string[]
  maintainer_can_modify: boolean
  merged_at: string | null
  merged_by: string | null
  merge_commit_sha: string | null
}

export type PullIssue = IssueRecord & { pull: PullRecord }

export interface CommentRecord {
  id: number
  issue_id: number
  body: string
  user: string
  app_id: number | null
  created_at: string
  updated_at: string
}

export interface IssueEventRecord {
  id: number
  issue_id: number
  event: string
  actor: string
  created_at: string
  commit_id: string | null
  label: string | null
  rename: { from: string; to: string } | null
  state_reason: StateReason | null
}

export const reactionContents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const

export interface ReactionRecord {
  id: number
  on: 'issue' | 'comment' | 'review_comment'
  target_id: number
  content: (typeof reactionContents)[number]
  user: string
  created_at: string
}

export interface ReviewRecord {
  id: number
  issue_id: number
  user: string
  body: string
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED'
  commit_id: string
  submitted_at: string
}

export interface ReviewCommentRecord {
  id: number
  issue_id: number
  review_id: number
  user: string
  body: string
  path: string
  subject_type: 'line' | 'file'
  side: 'LEFT' | 'RIGHT'
  line: number | null
  start_side: 'LEFT' | 'RIGHT' | null
  start_line: number | null
  position: number
  diff_hunk: string
  commit_id: string
  in_reply_to_id: number | null
  created_at: string
  updated_at: string
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed'
export const conclusions = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'] as const
export type Conclusion = (typeof conclusions)[number]

export interface CheckSuiteRecord {
  id: number
  app_id: number
  head_sha: string
  head_branch: string | null
  created_at: string
  updated_at: string
}

export interface Annotation {
  path: string
  start_line: number
  end_line: number
  annotation_level: 'notice' | 'warning' | 'failure'
  message: string
  title?: string | undefined
  raw_details?: string | undefined
}

export interface CheckRunRecord {
  id: number
  suite_id: number
  app_id: number
  name: string
  head_sha: string
  external_id: string
  details_url: string | null
  status: CheckStatus
  conclusion: Conclusion | null
  started_at: string
  completed_at: string | null
  output: { title: string | null; summary: string | null; text: string | null; annotations: Annotation[] }
}

export interface StatusRecord {
  id: number
  sha: string
  state: 'error' | 'failure' | 'pending' | 'success'
  context: string
  description: string | null
  target_url: string | null
  creator: string
  created_at: string
  updated_at: string
}

export function isPull(issue: IssueRecord): issue is PullIssue {
  return issue.pull !== null
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
