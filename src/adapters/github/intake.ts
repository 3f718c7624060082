import type { Permission } from '../../domain/event.ts'
import type { Forge } from '../../ports/forge.ts'
import { branchHead } from './branches.ts'
import { commentOnce } from './comments.ts'
import { isOurs } from './identity.ts'
import { missionLabel } from './labels.ts'
import type { Site } from './site.ts'
import { said } from './trouble.ts'

/** The labelled issue and its repository as they stand. */
export async function intake(site: Site, issue_number: number): Promise<Awaited<ReturnType<Forge['intake']>>> {
  const { data: issue } = await site.octokit.rest.issues.get({ ...site.repo, issue_number })
  const { data: repository } = await site.octokit.rest.repos.get(site.repo)
  const labels = issue.labels.map((label) => (typeof label === 'string' ? label : label.name))
  return {
    labelled: labels.includes(missionLabel),
    by_us: isOurs(issue.user?.login, site.identity) || issue.performed_via_github_app?.id === site.identity.app_id,
    head: await branchHead(site, repository.default_branch),
    default_branch: repository.default_branch,
    title: issue.title,
    body: issue.body ?? '',
    author: issue.user?.login ?? 'ghost',
  }
}

/** What a person may do here, asked live. Triage counts as reading, maintain as writing. */
export async function permissionOf(site: Site, username: string): Promise<Permission> {
  try {
    const { data } = await site.octokit.rest.repos.getCollaboratorPermissionLevel({ ...site.repo, username })
    return data.permission === 'admin' || data.permission === 'write' || data.permission === 'read' ? data.permission : 'none'
  } catch (error) {
    if (said(error, 404)) return 'none'
    throw error
  }
}

export async function refuse(site: Site, issue: number, refusal: { marker: string; text: string }): Promise<void> {
  try {
    await commentOnce(site, { issue, name: refusal.marker, since: null, text: () => refusal.text })
  } catch (error) {
    // Deleted or locked since: nobody is left to be told.
    if (!said(error, 403, 404, 410)) throw error
  }
}
