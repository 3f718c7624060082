import { z } from 'zod'
import { plainOf } from './markdown-code.ts'

/** What the models read. */
export const PictureType = z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
export type PictureType = z.infer<typeof PictureType>

/** Where people showed it: the labelled issue's own text, or a comment. */
export const PicturePlace = z.discriminatedUnion('in', [z.strictObject({ in: z.literal('issue') }), z.strictObject({ in: z.literal('comment'), comment: z.int() })])
export type PicturePlace = z.infer<typeof PicturePlace>

export const PictureSize = z.strictObject({ width: z.int(), height: z.int() })
export type PictureSize = z.infer<typeof PictureSize>

/** Why a picture could not be had. The words are in views/pictures.ts. */
export const PictureTrouble = z.discriminatedUnion('why', [
  z.strictObject({ why: z.literal('foreign'), host: z.string().describe('Empty: it names no host, or none that can be asked') }),
  z.strictObject({ why: z.literal('other_repository') }),
  z.strictObject({ why: z.literal('not_found'), status: z.int() }),
  z.strictObject({ why: z.literal('led_elsewhere'), host: z.string() }),
  z.strictObject({ why: z.literal('no_answer'), detail: z.string() }),
  z.strictObject({ why: z.literal('too_large'), limit_bytes: z.int() }),
  z.strictObject({ why: z.literal('too_much'), limit_bytes: z.int().describe('Of all pictures of a mission together') }),
  z.strictObject({ why: z.literal('no_picture'), looks: z.string().describe('What it is instead, as far as its first bytes tell') }),
  z.strictObject({ why: z.literal('too_many_pixels'), size: PictureSize, limit_px: z.int() }),
])
export type PictureTrouble = z.infer<typeof PictureTrouble>

export const PictureOutcome = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('kept'), sha256: z.string().regex(/^[0-9a-f]{64}$/), type: PictureType, bytes: z.int(), size: PictureSize }),
  z.strictObject({ is: z.literal('missing'), trouble: PictureTrouble }),
])
export type PictureOutcome = z.infer<typeof PictureOutcome>
export type Kept = Extract<PictureOutcome, { is: 'kept' }>

/** A picture that the effect asks for. */
export const PictureWanted = z.strictObject({ address: z.string(), place: PicturePlace })
export type PictureWanted = z.infer<typeof PictureWanted>

/** A picture of the request; `outcome` null: nobody has looked yet. */
export interface PictureState extends PictureWanted {
  /** From 1, in the order they were shown: what agents and people call it. */
  n: number
  outcome: PictureOutcome | null
}

const longest_address = 2_000

/** The addresses of the pictures that a text shows, each once, in order. What stands in code shows none. Linear. */
export function picturesIn(text: string): string[] {
  const shown = plainOf(text)
  const defined = definitionsIn(shown)
  const found: [at: number, address: string][] = []
  for (const match of shown.matchAll(/!\[[^\][\n]{0,2000}\](?:\(\s{0,20}<?([^\s()<>]{1,2000})|\[([^\][\n]{1,300})\])/g)) {
    const [, direct, label] = match
    const address = direct ?? defined.get((label ?? '').toLowerCase())
    if (address !== undefined) found.push([match.index, address])
  }
  for (const match of shown.matchAll(/<img\s[^<>]{0,2000}?\bsrc\s{0,3}=\s{0,3}(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})'|([^\s"'<>]{1,2000}))/gi))
    found.push([match.index, match[1] ?? match[2] ?? match[3] ?? ''])
  const ordered = found.toSorted(([a], [b]) => a - b).map(([, address]) => address.replaceAll('&amp;', '&').trim())
  return [...new Set(ordered)].filter((address) => address !== '' && address.length <= longest_address)
}

/** `[label]: address` lines. */
function definitionsIn(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^ {0,3}\[([^\][\n]{1,300})\]:[ \t]{0,20}<?([^\s<>]{1,2000})/gm)].map(([, label = '', address = '']) => [label.toLowerCase(), address]))
}
