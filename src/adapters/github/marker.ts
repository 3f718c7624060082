import { createHmac, timingSafeEqual } from 'node:crypto'
import { MissionKey } from '../../domain/id.ts'
import { isOurs } from './identity.ts'
import type { AppIdentity } from './identity.ts'

/** Something on GitHub that may carry a marker: an issue, a comment, a review. */
export interface Marked {
  body?: string | null | undefined
  user?: { login: string } | null | undefined
}

/** Hidden signatures by which the app finds again what it made, and whose it is. */
export interface Markers {
  /** The text with the marker of `name` behind it, within GitHub's bound for a body. */
  sign(repository_id: number, name: string, text: string): string
  /** The name a thing carries. Null when somebody else wrote it or the signature does not fit: people can paste markers. */
  read(repository_id: number, thing: Marked): string | null
}

const body_limit = 65_536
const shape = /<!-- missions ([\w.:@/-]{1,160}) ([0-9a-f]{32}) -->/g
const nameShape = /^[\w.:@/-]{1,160}$/

/** Secrets are anything that only the app knows; the marker's own key is derived from one. The first signs, any of them is read. */
export function markers(secrets: readonly [string, ...string[]], identity: AppIdentity): Markers {
  const [current, ...older] = secrets
  const signing = keyOf(current)
  const reading = [signing, ...older.map(keyOf)]

  return {
    sign(repository_id, name, text) {
      // A name that could not be read back would be done again and again.
      if (!nameShape.test(name)) throw new Error(`no marker can carry the name ${name}`)
      const marker = `\n\n<!-- missions ${name} ${seal(signing, repository_id, name)} -->`
      return `${within(text, body_limit - marker.length)}${marker}`
    },
    read(repository_id, thing) {
      if (!isOurs(thing.user?.login, identity)) return null
      // The last one that fits: a text that quotes another marker stands before the app's own.
      for (const [, name = '', signature = ''] of [...(thing.body ?? '').matchAll(shape)].reverse()) {
        if (reading.some((key) => timingSafeEqual(Buffer.from(signature), Buffer.from(seal(key, repository_id, name))))) return name
      }
      return null
    },
  }
}

function seal(key: Buffer, repository_id: number, name: string): string {
  return createHmac('sha256', key).update(`${repository_id} ${name}`).digest('hex').slice(0, 32)
}

function keyOf(secret: string): Buffer {
  return createHmac('sha256', secret).update('missions marker 1').digest()
}

/** The mission that a marker's name belongs to: names begin with an effect's id or a mission's key. */
export function missionOfMarker(name: string | null): MissionKey | null {
  const parsed = MissionKey.safeParse(name?.split('.')[0])
  return parsed.success ? parsed.data : null
}

function within(text: string, limit: number): string {
  if (text.length <= limit) return text
  const note = '\n\n(cut: longer than GitHub takes)'
  return `${text.slice(0, limit - note.length)}${note}`
}
