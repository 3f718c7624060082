import { reactionsOn } from '../show/issue.ts'
import type { ReviewCommentRecord } from '../world.ts'
import { person, reactions, when } from './bits.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { markdown } from './markdown.ts'
import type { RepositoryScene } from './scene.ts'

/** The comment and its replies. */
export function said(scene: RepositoryScene, comment: ReviewCommentRecord): Html[] {
  const all = [comment, ...scene.repository.review_comments.filter((other) => other.in_reply_to_id === comment.id)]
  return all.map(
    (one) =>
      html`<article class="note">
        <div class="by">${person(one.user)} ${when(scene, one.created_at)}</div>
        <div class="text">${markdown(scene, one.body)}</div>
        ${reactions(reactionsOn(scene.repository, 'review_comment', one.id))}
      </article>`,
  )
}
