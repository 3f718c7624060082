import type { Api } from './api.ts'
import { apiPrefix } from './api.ts'
import type { Machine } from './machine.ts'
import type { showCheckRun } from './show/check.ts'
import type { showComment, showIssue, showLabel, showReaction } from './show/issue.ts'
import type { showPull } from './show/pull.ts'
import type { showReview, showReviewComment } from './show/review.ts'
import type { RepositoryRecord } from './world.ts'

export type Issue = ReturnType<typeof showIssue>
export type Comment = ReturnType<typeof showComment>
export type Label = ReturnType<typeof showLabel>
export type Reaction = ReturnType<typeof showReaction>
export type Pull = Awaited<ReturnType<typeof showPull>>
export type Review = ReturnType<typeof showReview>
export type ReviewComment = Awaited<ReturnType<typeof showReviewComment>>
export type CheckRun = ReturnType<typeof showCheckRun>

/** GitHub's refusal of what somebody tried. */
export class Refused extends Error {
  readonly status: number
  readonly body: unknown
  constructor(operation: string, status: number, body: unknown) {
    super(`${operation} answered ${status}: ${sentence(body)}`)
    this.status = status
    this.body = body
  }
}

function sentence(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('message' in body)) return JSON.stringify(body)
  return `${String(body.message)}${'errors' in body ? ` ${JSON.stringify(body.errors)}` : ''}`
}

export interface DraftReview {
  event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
  body?: string
  commit_id?: string
  comments?: { path: string; body: string; line: number; side?: 'LEFT' | 'RIGHT'; start_line?: number; start_side?: 'LEFT' | 'RIGHT' }[]
}

/** Acts as somebody, through the same code as a call by HTTP, but free of faults and limits of rate. `repo` is `owner/name`. */
export interface Human {
  login: string
  /** Any call: `GET /repos/o/r/…`. Throws `Refused` on 4xx and 5xx. */
  request<T = unknown>(operation: string, body?: unknown): Promise<T>
  createIssue(repo: string, issue: { title: string; body?: string; labels?: string[] }): Promise<Issue>
  editIssue(repo: string, number: number, change: { title?: string; body?: string; state?: 'open' | 'closed'; state_reason?: string }): Promise<Issue>
  close(repo: string, number: number, reason?: 'completed' | 'not_planned'): Promise<Issue>
  reopen(repo: string, number: number): Promise<Issue>
  label(repo: string, number: number, ...labels: string[]): Promise<Label[]>
  unlabel(repo: string, number: number, label: string): Promise<Label[]>
  comment(repo: string, number: number, body: string): Promise<Comment>
  editComment(repo: string, id: number, body: string): Promise<Comment>
  deleteComment(repo: string, id: number): Promise<void>
  react(repo: string, number: number, content: string): Promise<Reaction>
  openPull(repo: string, pull: { title: string; head: string; base: string; body?: string; draft?: boolean }): Promise<Pull>
  editPull(repo: string, number: number, change: { title?: string; body?: string; state?: 'open' | 'closed'; base?: string }): Promise<Pull>
  review(repo: string, number: number, review: DraftReview): Promise<Review>
  merge(repo: string, number: number, options?: { method?: 'merge' | 'squash' | 'rebase'; sha?: string }): Promise<{ sha: string; merged: boolean }>
  issue(repo: string, number: number): Promise<Issue>
  comments(repo: string, number: number): Promise<Comment[]>
  pull(repo: string, number: number): Promise<Pull>
  reviewComments(repo: string, number: number): Promise<ReviewComment[]>
  deleteBranch(repo: string, branch: string): Promise<void>
  /** One file, one commit on the branch; makes the file or replaces it. */
  commitFile(repo: string, branch: string, path: string, content: string): Promise<string>
  checkRun(repo: string, run: { name: string; head_sha: string; conclusion?: string; status?: string; output?: { title: string; summary: string } }): Promise<CheckRun>
}

export function createHuman(api: Api, machine: Machine, login: string, credential: string): Human {
  async function request<T>(operation: string, body?: unknown): Promise<T> {
    const [method = '', path = ''] = operation.split(' ')
    const reply = await api.handle({
      method,
      url: new URL(`${machine.url}${apiPrefix}${path}`),
      headers: { authorization: `token ${credential}`, accept: 'application/vnd.github+json' },
      body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
    })
    if (reply.status >= 400) throw new Refused(operation, reply.status, reply.value)
    // The answer's shape is that of the route, which the callers below name.
    return reply.value as T
  }
  const path = (repo: string, rest: string): string => `/repos/${repo}${rest}`
  const call =
    <T>(method: string) =>
    (repo: string, rest: string, body?: unknown): Promise<T> =>
      request<T>(`${method} ${path(repo, rest)}`, body)

  return {
    login,
    request,
    createIssue: (repo, issue) => call<Issue>('POST')(repo, '/issues', issue),
    editIssue: (repo, number, change) => call<Issue>('PATCH')(repo, `/issues/${number}`, change),
    close: (repo, number, state_reason = 'completed') => call<Issue>('PATCH')(repo, `/issues/${number}`, { state: 'closed', state_reason }),
    reopen: (repo, number) => call<Issue>('PATCH')(repo, `/issues/${number}`, { state: 'open' }),
    label: (repo, number, ...labels) => call<Label[]>('POST')(repo, `/issues/${number}/labels`, { labels }),
    unlabel: (repo, number, label) => call<Label[]>('DELETE')(repo, `/issues/${number}/labels/${encodeURIComponent(label)}`),
    comment: (repo, number, body) => call<Comment>('POST')(repo, `/issues/${number}/comments`, { body }),
    editComment: (repo, id, body) => call<Comment>('PATCH')(repo, `/issues/comments/${id}`, { body }),
    deleteComment: (repo, id) => call<void>('DELETE')(repo, `/issues/comments/${id}`),
    react: (repo, number, content) => call<Reaction>('POST')(repo, `/issues/${number}/reactions`, { content }),
    openPull: (repo, pull) => call<Pull>('POST')(repo, '/pulls', pull),
    editPull: (repo, number, change) => call<Pull>('PATCH')(repo, `/pulls/${number}`, change),
    review: (repo, number, review) => call<Review>('POST')(repo, `/pulls/${number}/reviews`, review),
    merge: (repo, number, options = {}) => call<{ sha: string; merged: boolean }>('PUT')(repo, `/pulls/${number}/merge`, { merge_method: options.method, sha: options.sha }),
    issue: (repo, number) => call<Issue>('GET')(repo, `/issues/${number}`),
    comments: (repo, number) => call<Comment[]>('GET')(repo, `/issues/${number}/comments?per_page=100`),
    pull: (repo, number) => call<Pull>('GET')(repo, `/pulls/${number}`),
    reviewComments: (repo, number) => call<ReviewComment[]>('GET')(repo, `/pulls/${number}/comments?per_page=100`),
    deleteBranch: (repo, branch) => call<void>('DELETE')(repo, `/git/refs/heads/${branch}`),
    async commitFile(repo, branch, file, content) {
      const known = await request<{ sha: string }>(`GET ${path(repo, `/contents/${file}?ref=${encodeURIComponent(branch)}`)}`).catch(() => null)
      const body = { message: `change ${file}`, content: Buffer.from(content).toString('base64'), branch, ...(known === null ? {} : { sha: known.sha }) }
      const { commit } = await call<{ commit: { sha: string } }>('PUT')(repo, `/contents/${file}`, body)
      return commit.sha
    },
    checkRun: (repo, run) => call<CheckRun>('POST')(repo, '/check-runs', run),
  }
}

export function repositoryNamed(machine: Machine, name: string): RepositoryRecord {
  const found = machine.world.repositories.find((repository) => `${repository.owner}/${repository.name}`.toLowerCase() === name.toLowerCase())
  if (found === undefined) throw new Error(`no repository ${name}`)
  return found
}
