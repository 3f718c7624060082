/** What set-up made, kept on disk: the same inputs are set up once, by whoever comes first, and handed to everyone. */
export interface Setups {
  /**
   * Copies what is kept under `key` into the two folders. Where nothing is kept, `make` makes it in a place of its own,
   * which `fill` has filled with the repository's files, and says whether it may be kept; meanwhile others who want the
   * same key wait. Kept is what came to those files, and the whole home.
   */
  provide(want: Wanted, make: (at: SetUpPlaces) => Promise<boolean>, signal?: AbortSignal): Promise<'kept' | 'made' | 'failed'>
}

export interface Wanted {
  key: string
  into: SetUpPlaces
  fill: (dir: string) => Promise<void>
}

/** Host folders. */
export interface SetUpPlaces {
  /** Seen as /work. */
  dir: string
  /** Seen as HOME. */
  home: string
}
