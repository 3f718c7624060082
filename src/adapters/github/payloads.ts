import { z } from 'zod'
import { Sha } from '../../domain/id.ts'

// Only what is needed of GitHub's webhooks. What does not fit is no fact of ours.

const user = z.object({ login: z.string(), type: z.string().optional() })
const text = z.string().nullable()
const moment = z.string().refine((time) => !Number.isNaN(Date.parse(time)), 'not a time')

const common = {
  installation: z.object({ id: z.int() }),
  repository: z.object({ id: z.int(), name: z.string(), default_branch: z.string(), owner: z.object({ login: z.string() }) }),
  sender: user,
}

const issue = z.object({
  number: z.int(),
  title: z.string(),
  body: text,
  user: user.nullable(),
  updated_at: moment,
  closed_at: moment.nullable(),
  pull_request: z.unknown().optional(),
})

const pull = z.object({
  number: z.int(),
  updated_at: moment,
  closed_at: moment.nullable(),
  merged: z.boolean().optional(),
  merge_commit_sha: z.string().nullable(),
  head: z.object({ ref: z.string(), sha: Sha, repo: z.object({ id: z.int() }).nullable() }),
})

export const IssuePayload = z.object({ ...common, issue, label: z.object({ name: z.string() }).optional() })
export const CommentPayload = z.object({
  ...common,
  issue,
  comment: z.object({ id: z.int(), body: z.string(), created_at: moment, user, performed_via_github_app: z.unknown().optional() }),
})
export const PullPayload = z.object({ ...common, pull_request: pull })
export const ReviewPayload = z.object({
  ...common,
  pull_request: z.object({ number: z.int(), head: pull.shape.head }),
  review: z.object({ id: z.int(), state: z.string(), body: text, commit_id: Sha, submitted_at: moment, user }),
})
export const PushPayload = z.object({
  ...common,
  repository: common.repository.extend({ pushed_at: z.union([moment, z.number()]) }),
  ref: z.string(),
  after: Sha,
  deleted: z.boolean(),
})
export const CheckRunPayload = z.object({
  ...common,
  check_run: z.object({
    id: z.int(),
    name: z.string(),
    head_sha: Sha,
    completed_at: moment,
    app: z.object({ id: z.int() }).nullable(),
    check_suite: z.object({ head_branch: text }).nullable(),
  }),
})
export const CheckSuitePayload = z.object({
  ...common,
  check_suite: z.object({ id: z.int(), head_sha: Sha, head_branch: text, updated_at: moment, app: z.object({ id: z.int() }).nullable() }),
})
export const StatusPayload = z.object({
  ...common,
  id: z.int(),
  sha: Sha,
  state: z.string(),
  updated_at: moment,
  branches: z.array(z.object({ name: z.string() })),
})

const time = z.union([moment, z.number()])
export const InstallationPayload = z.object({
  installation: z.object({ id: z.int(), account: z.object({ login: z.string() }), updated_at: time }),
})
export const RepositoriesRemovedPayload = InstallationPayload.extend({
  repositories_removed: z.array(z.object({ id: z.int(), name: z.string() })).min(1),
})
