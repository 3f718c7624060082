import type { Site } from '../site.ts'
import { said } from '../trouble.ts'
import type { Got } from './download.ts'

/** A branch may have slashes in its name: as many parts are tried. */
const ref_parts_at_most = 4

/** `ref_and_path`: branch, tag or commit, then the path, undecided where one ends. */
export async function repositoryFile(site: Site, ref_and_path: readonly string[], limit_bytes: number): Promise<Got> {
  for (let parts = 1; parts <= Math.min(ref_parts_at_most, ref_and_path.length - 1); parts++) {
    const got = await fileAt(site, ref_and_path.slice(0, parts).join('/'), ref_and_path.slice(parts).join('/'), limit_bytes)
    if (got) return got
  }
  return { trouble: { why: 'not_found', status: 404 } }
}

export async function fileAt(site: Site, ref: string, path: string, limit_bytes: number): Promise<Got | null> {
  try {
    const { data } = await site.octokit.rest.repos.getContent({ ...site.repo, path, ref })
    if (Array.isArray(data) || data.type !== 'file') return { trouble: { why: 'no_picture', looks: 'no file' } }
    if (data.size > limit_bytes) return { trouble: { why: 'too_large', limit_bytes } }
    // Over a megabyte it comes without its content.
    if (data.content !== '' && data.size > 0) return { bytes: Buffer.from(data.content, 'base64') }
    const { data: blob } = await site.octokit.rest.git.getBlob({ ...site.repo, file_sha: data.sha })
    return { bytes: Buffer.from(blob.content, 'base64') }
  } catch (error) {
    if (said(error, 404, 422)) return null
    if (said(error, 403)) return { trouble: { why: 'not_found', status: 403 } }
    throw error
  }
}
