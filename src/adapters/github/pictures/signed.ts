import type { PicturePlace } from '../../../domain/pictures.ts'
import type { Site } from '../site.ts'
import { said } from '../trouble.ts'

/**
 * The addresses that GitHub puts into the rendered text of an issue or comment. Attachments of a private repository are only
 * to be had by those: they are signed and last five minutes; no token opens the attachment's own address.
 */
export async function renderedAddresses(site: Site, issue_number: number, place: PicturePlace): Promise<URL[]> {
  const html = await renderedText(site, issue_number, place)
  const found = [...html.matchAll(/\b(?:src|href)="([^"]{1,8000})"/g)].map(([, address = '']) => address.replaceAll('&amp;', '&'))
  return found.flatMap((address) => urlOf(address) ?? [])
}

async function renderedText(site: Site, issue_number: number, place: PicturePlace): Promise<string> {
  const full = { ...site.repo, mediaType: { format: 'full' } }
  try {
    const { data } = place.in === 'issue' ? await site.octokit.rest.issues.get({ ...full, issue_number }) : await site.octokit.rest.issues.getComment({ ...full, comment_id: place.comment })
    return data.body_html ?? ''
  } catch (error) {
    // Deleted since; a public attachment may still be there.
    if (said(error, 404, 410)) return ''
    throw error
  }
}

function urlOf(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}
