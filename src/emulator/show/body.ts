import { markdown } from '../pages/markdown.ts'
import type { RepoCall } from '../route.ts'

/** What the media types `html` and `full` add to a text: as pages show it, with the addresses that attachments are shown from. */
export function rendered({ machine, repository, headers }: RepoCall, body: string | null): { body_html?: string; body_text?: string } {
  const [, format] = /application\/vnd\.github(?:\.v3)?\.(html|full)(?:\+json)?(?:$|[,;])/.exec(String(headers.accept)) ?? []
  if (format === undefined) return {}
  const body_html = body === null || body.trim() === '' ? '' : markdown({ machine, repository }, body).text
  return { body_html, ...(format === 'full' ? { body_text: body_html.replace(/<[^>]*>/g, '') } : {}) }
}
