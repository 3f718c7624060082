import type { FindingState } from '../../domain/mission.ts'
import type { Sha } from '../../domain/id.ts'
import type { Suggestion } from '../../domain/verdict.ts'
import { shownLines } from './patch.ts'
import type { Site } from './site.ts'
import { said } from './trouble.ts'

export interface WantedReview {
  /** The marker's name. */
  name: string
  pull: number
  head: Sha
  body: string
  remarks: Remark[]
}

export interface Remark {
  finding: FindingState
  text: string
}

/** Where a remark can stand: at its line, at its file, or only in the review's body. `words` are those that can stand anywhere. */
type Placed =
  | { at: 'line'; path: string; start_line?: number; line: number; text: string; words: string }
  | { at: 'file'; path: string; text: string; finding: FindingState }
  | { at: 'body'; text: string }

/** One submitted review for each name, with a comment at every place the diff shows. A line off the diff would fail the whole of it. */
export async function reviewOnce(site: Site, wanted: WantedReview): Promise<void> {
  const placed = await place(site, wanted)
  if (!(await isPosted(site, wanted))) await submit(site, wanted, placed)
  for (const remark of placed) if (remark.at === 'file') await commentOnFile(site, wanted, remark)
}

async function isPosted(site: Site, { name, pull }: WantedReview): Promise<boolean> {
  const reviews = await site.octokit.paginate(site.octokit.rest.pulls.listReviews, { ...site.repo, pull_number: pull, per_page: 100 })
  return reviews.some((review) => site.markers.read(site.repository.id, review) === name)
}

async function place(site: Site, { pull, remarks }: WantedReview): Promise<Placed[]> {
  if (!remarks.some(({ finding }) => finding.finding.place)) return remarks.map(({ text }) => ({ at: 'body', text }))
  const files = await pullFiles(site, pull)
  return remarks.map(({ finding, text }) => {
    const where = finding.finding.place
    const shown = where && files.get(where.path)
    const { suggestion } = finding.finding
    const words = suggestion === undefined ? text : `${text}\n\n${site.texts.suggestionWords(suggestion)}`
    if (where === undefined || shown === undefined) return { at: 'body', text: words }
    const exact = suggested(suggestion, where.path, shown)
    if (exact) return { at: 'line', path: where.path, ...exact.lines, text: `${text}\n\n${site.texts.suggestionBlock(exact.suggestion)}`, words }
    if (shown.has(where.line)) return { at: 'line', path: where.path, line: where.line, text: words, words }
    return { at: 'file', path: where.path, text: words, finding }
  })
}

/** A suggestion can stand only below lines that the diff shows, all of them. */
function suggested(suggestion: Suggestion | undefined, path: string, shown: Set<number>): { lines: { start_line?: number; line: number }; suggestion: Suggestion } | null {
  if (suggestion === undefined || suggestion.path !== path) return null
  const { start_line, line } = suggestion
  for (let n = start_line; n <= line; n++) if (!shown.has(n)) return null
  return { lines: { ...(start_line < line ? { start_line } : {}), line }, suggestion }
}

/** The files of a pull request's diff, each with the lines it shows. */
export async function pullFiles(site: Site, pull_number: number): Promise<Map<string, Set<number>>> {
  const files = await site.octokit.paginate(site.octokit.rest.pulls.listFiles, { ...site.repo, pull_number, per_page: 100 })
  return new Map(files.filter((file) => file.status !== 'removed').map((file) => [file.filename, shownLines(file.patch)]))
}

async function submit(site: Site, wanted: WantedReview, placed: Placed[]): Promise<void> {
  const atLines = placed.flatMap((remark) => (remark.at === 'line' ? [remark] : []))
  const review = { ...site.repo, pull_number: wanted.pull, commit_id: wanted.head, event: 'COMMENT' as const }
  const bodyWith = (extra: string[]): string => site.markers.sign(site.repository.id, wanted.name, [wanted.body, ...extra].join('\n\n'))
  const inBody = placed.flatMap((remark) => (remark.at === 'body' ? [remark.text] : []))
  const comments = atLines.map(({ path, start_line, line, text }) => ({ path, ...(start_line === undefined ? {} : { start_line, start_side: 'RIGHT' }), line, side: 'RIGHT', body: text }))
  try {
    await site.octokit.rest.pulls.createReview({ ...review, body: bodyWith(inBody), comments })
  } catch (error) {
    // The diff changed under us: a person pushed. The words still count, in the body, where nothing can be taken over.
    if (!said(error, 422) || comments.length === 0) throw error
    const lines = atLines.map(({ path, line, words }) => `\`${path}:${line}\`\n\n${words}`)
    await site.octokit.rest.pulls.createReview({ ...review, body: bodyWith([...inBody, ...lines]), comments: [] })
  }
}

async function commentOnFile(site: Site, wanted: WantedReview, remark: Placed & { at: 'file' }): Promise<void> {
  const name = `${wanted.name}/${remark.finding.id}`
  const made = await site.octokit.paginate(site.octokit.rest.pulls.listReviewComments, { ...site.repo, pull_number: wanted.pull, per_page: 100 })
  if (made.some((comment) => site.markers.read(site.repository.id, comment) === name)) return
  const body = site.markers.sign(site.repository.id, name, remark.text)
  await site.octokit.rest.pulls.createReviewComment({ ...site.repo, pull_number: wanted.pull, commit_id: wanted.head, path: remark.path, subject_type: 'file', body })
}
