import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { issueOf } from '../issue-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound } from '../refusal.ts'
import { idParam, json, noContent, repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { reactionsOn, showReaction } from '../show/issue.ts'
import { reactionContents, sameName } from '../world.ts'
import type { ReactionRecord } from '../world.ts'
import { commentOf } from './comments.ts'
import { reviewCommentOf } from './review-comments.ts'

const onIssues = { read: ['issues:read', 'pull_requests:read'], write: ['issues:write', 'pull_requests:write'] } as const
const onReviews = { read: ['pull_requests:read'], write: ['pull_requests:write'] } as const

export const reactionRoutes: Route[] = [
  ...reactable('/repos/{owner}/{repo}/issues/{issue_number}/reactions', onIssues, 'issue', (call) => issueOf(call).id),
  ...reactable('/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', onIssues, 'comment', (call) => commentOf(call).id),
  ...reactable('/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions', onReviews, 'review_comment', (call) => reviewCommentOf(call).id),
]

const asked = z.object({ content: z.enum(reactionContents) })

function reactable(path: string, needs: { read: RepoNeed; write: RepoNeed }, on: ReactionRecord['on'], targetOf: (call: RepoCall) => number): Route[] {
  return [
    repoRoute(`GET ${path}`, { app: needs.read, person: 'read' }, (call) => {
      const content = call.query.get('content')
      const found = reactionsOn(call.repository, on, targetOf(call)).filter((reaction) => content === null || reaction.content === content)
      return paged(call, found, (reaction) => showReaction(call.machine, reaction))
    }),
    repoRoute(`POST ${path}`, { app: needs.write, person: 'read' }, (call) => {
      const target_id = targetOf(call)
      const { content } = bodyOf(call, asked)
      const before = reactionsOn(call.repository, on, target_id).find((reaction) => reaction.content === content && sameName(reaction.user, call.login))
      if (before !== undefined) return json(showReaction(call.machine, before))
      const reaction = { id: nextId(call.machine), on, target_id, content, user: call.login, created_at: timestamp(call.machine) }
      call.repository.reactions.push(reaction)
      return json(showReaction(call.machine, reaction), 201)
    }),
    repoRoute(`DELETE ${path}/{reaction_id}`, { app: needs.write, person: 'read' }, (call) => {
      const id = idParam(call, 'reaction_id')
      const found = reactionsOn(call.repository, on, targetOf(call)).find((reaction) => reaction.id === id)
      if (found === undefined) throw notFound()
      call.repository.reactions = call.repository.reactions.filter((reaction) => reaction !== found)
      return noContent
    }),
  ]
}

type RepoNeed = Parameters<typeof repoRoute>[1]['app']
