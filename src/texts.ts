import type { Texts } from './adapters/github/texts.ts'
import { validationCheck } from './domain/views/check.ts'
import { closing } from './domain/views/closing.ts'
import { featureIssue } from './domain/views/feature-issue.ts'
import { featurePullRequest } from './domain/views/feature-pull.ts'
import { halt } from './domain/views/halt.ts'
import { planNotice } from './domain/views/plan-notice.ts'
import { questions } from './domain/views/questions.ts'
import { report } from './domain/views/report.ts'
import { findingComment, review, suggestionBlock, suggestionWords } from './domain/views/review.ts'
import { saying } from './domain/views/saying.ts'
import { splitNotice } from './domain/views/split-notice.ts'
import { statusComment } from './domain/views/status.ts'
import { trackingIssue } from './domain/views/tracking.ts'
import { verdictComment } from './domain/views/verdict.ts'

/** The words of everything the app writes on GitHub. */
export const texts: Texts = {
  statusComment,
  questions,
  trackingIssue,
  planNotice,
  featureIssue,
  splitNotice,
  featurePullRequest,
  review,
  findingComment,
  suggestionBlock,
  suggestionWords,
  verdictComment,
  validationCheck,
  report,
  halt,
  saying,
  closing,
}
