import type { Route } from '../route.ts'
import { appRoutes } from './app.ts'
import { checkRoutes } from './checks.ts'
import { commentRoutes } from './comments.ts'
import { commitRoutes } from './commits.ts'
import { contentRoutes } from './contents.ts'
import { dependencyRoutes } from './dependencies.ts'
import { gitObjectRoutes } from './git-objects.ts'
import { hookDeliveryRoutes } from './hook-deliveries.ts'
import { issueRoutes } from './issues.ts'
import { labelRoutes } from './labels.ts'
import { mergeRoutes } from './merges.ts'
import { pullRoutes } from './pulls.ts'
import { reactionRoutes } from './reactions.ts'
import { refRoutes } from './refs.ts'
import { repositoryRoutes } from './repositories.ts'
import { reviewCommentRoutes } from './review-comments.ts'
import { reviewRoutes } from './reviews.ts'
import { statusRoutes } from './statuses.ts'
import { subIssueRoutes } from './sub-issues.ts'
import { timelineRoutes } from './timeline.ts'
import { userRoutes } from './users.ts'

/** In order of precedence: where two templates fit an address, the first wins. */
export const allRoutes: Route[] = [
  ...appRoutes,
  ...hookDeliveryRoutes,
  ...userRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...reactionRoutes,
  ...subIssueRoutes,
  ...dependencyRoutes,
  ...timelineRoutes,
  ...issueRoutes,
  ...mergeRoutes,
  ...reviewRoutes,
  ...reviewCommentRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...refRoutes,
  ...gitObjectRoutes,
  ...contentRoutes,
  ...commitRoutes,
  ...repositoryRoutes,
]
