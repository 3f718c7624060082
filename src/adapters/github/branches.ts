import { Sha } from '../../domain/id.ts'
import type { Site } from './site.ts'
import { said } from './trouble.ts'

/** Where a branch stands; null when it, or any commit, is not there. */
export async function branchHead(site: Site, branch: string): Promise<Sha | null> {
  try {
    const { data } = await site.octokit.rest.repos.getBranch({ ...site.repo, branch })
    return Sha.parse(data.commit.sha)
  } catch (error) {
    if (said(error, 404, 409)) return null
    throw error
  }
}

/** Deletes a branch that still stands where we left it. */
export async function deleteBranch(site: Site, branch: string, left_at: Sha): Promise<void> {
  if ((await branchHead(site, branch)) !== left_at) return
  try {
    await site.octokit.rest.git.deleteRef({ ...site.repo, ref: `heads/${branch}` })
  } catch (error) {
    if (!said(error, 404, 422)) throw error
  }
}
