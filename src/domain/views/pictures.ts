import type { Mission } from '../mission.ts'
import type { PicturePlace, PictureState, PictureTrouble } from '../pictures.ts'
import { code } from './escape.ts'
import { list, plural } from './figures.ts'
import { bullets } from './page.ts'

/** For the line of facts below a status: `2 pictures read`. Null where nobody showed any. */
export function picturesFact(m: Mission): string | null {
  const read = m.pictures.filter((picture) => picture.outcome?.is === 'kept').length
  const missing = m.pictures.filter((picture) => picture.outcome?.is === 'missing').length + m.pictures_left_out
  if (read + missing === 0) return null
  const parts = [read > 0 ? `${plural(read, 'picture')} read` : null, missing > 0 ? `${read > 0 ? String(missing) : plural(missing, 'picture')} not read` : null]
  return list(parts.filter((part) => part !== null))
}

/** Pictures that planning has to do without, each with the reason, and what would help. */
export function picturesMissing(m: Mission): string | null {
  const missing = m.pictures.filter((picture) => picture.outcome?.is === 'missing')
  if (missing.length === 0 && m.pictures_left_out === 0) return null
  const lines = missing.map((picture) => `${code(picture.address, 200)}: ${troubleOf(picture)}`)
  const left = m.pictures_left_out > 0 ? [leftOut(m)] : []
  return `**Pictures I could not see.** I go on without them. To show one after all, attach it to an answer or to \`/revise-plan\`, as PNG, JPEG, GIF or WebP; or say in words what it shows.\n\n${bullets([...lines, ...left])}`
}

/** What an agent is told of a picture that it is not shown. */
export function troubleOf(picture: PictureState): string {
  return picture.outcome?.is === 'missing' ? words(picture.outcome.trouble) : ''
}

export function leftOut(m: Mission): string {
  return `${plural(m.pictures_left_out, 'more picture')}: at most ${m.limits.pictures} are looked at.`
}

export function placeWords(place: PicturePlace): string {
  return place.in === 'issue' ? 'the text of the issue' : 'a comment'
}

function words(trouble: PictureTrouble): string {
  switch (trouble.why) {
    case 'foreign':
      return trouble.host === '' ? 'it is at no address that GitHub would show.' : `it is not at GitHub, and nothing is fetched from ${code(trouble.host, 100)}.`
    case 'other_repository':
      return 'it is a file of another repository, which this mission may not read.'
    case 'not_found':
      return `it is not there, or may not be seen (answer ${trouble.status}).`
    case 'led_elsewhere':
      return trouble.host === '' ? 'its address leads nowhere.' : `its address leads to ${code(trouble.host, 100)}, where nothing is fetched from.`
    case 'no_answer':
      return `the host did not give it${trouble.detail === '' ? '' : ` (${code(trouble.detail, 100)})`}.`
    case 'too_large':
      return `it is larger than ${megabytes(trouble.limit_bytes)}.`
    case 'too_much':
      return `all pictures together may have ${megabytes(trouble.limit_bytes)}.`
    case 'no_picture':
      return `it is ${trouble.looks}; PNG, JPEG, GIF and WebP can be seen.`
    case 'too_many_pixels':
      return `it has ${trouble.size.width} × ${trouble.size.height} pixels; ${trouble.limit_px} a side can be seen.`
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 100_000) / 10} MB`
}
