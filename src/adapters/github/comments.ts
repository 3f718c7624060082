import type { Site } from './site.ts'

/** Margin for clocks that differ, before the time from which listings are read. */
const margin_ms = 10 * 60_000

export function sinceFor(began_at: string): string {
  return new Date(Date.parse(began_at) - margin_ms).toISOString()
}

/** One comment on an issue or pull request for each name, however often it is asked for. */
export async function commentOnce(site: Site, comment: { issue: number; name: string; text: () => string; since: string | null }): Promise<number> {
  const { issue, name } = comment
  const listing = { ...site.repo, issue_number: issue, per_page: 100, ...(comment.since === null ? {} : { since: sinceFor(comment.since) }) }
  for await (const page of site.octokit.paginate.iterator(site.octokit.rest.issues.listComments, listing)) {
    const made = page.data.find((candidate) => site.markers.read(site.repository.id, candidate) === name)
    if (made !== undefined) return made.id
  }
  const body = site.markers.sign(site.repository.id, name, comment.text())
  const { data } = await site.octokit.rest.issues.createComment({ ...site.repo, issue_number: issue, body })
  return data.id
}
