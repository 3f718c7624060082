import type { MissionKey } from '../domain/id.ts'

/** The bytes of the pictures that people showed, kept with their mission. */
export interface Pictures {
  /** Gives the sha256 under which they are kept; the same bytes are kept once. */
  keep(mission: MissionKey, bytes: Uint8Array): Promise<string>
  /** Null: not here any more, or not what they were. */
  read(mission: MissionKey, sha256: string): Promise<Uint8Array | null>
}
