import { count, issue, startRun, type Draft } from '../draft.ts'
import type { EffectOf, ReadingTask } from '../effect.ts'
import type { EventOf } from '../event.ts'
import { picturesIn, type PicturePlace } from '../pictures.ts'

// Pictures are fetched before the first run that is to see them, and only once: every later run is shown the same bytes.

/** Takes note of the pictures in a text of people who may decide here. */
export function mention(d: Draft, place: PicturePlace, text: string): void {
  const { m } = d
  const fresh = picturesIn(text).filter((address) => !m.pictures.some((known) => known.address === address))
  const taken = fresh.slice(0, Math.max(0, m.limits.pictures - m.pictures.length))
  for (const address of taken) m.pictures.push({ n: m.pictures.length + 1, address, place, outcome: null })
  m.pictures_left_out += fresh.length - taken.length
}

/** Starts a run that reads what people said, once the pictures in it are there. */
export function startReading(d: Draft, task: ReadingTask): void {
  const wanted = d.m.pictures.filter((picture) => picture.outcome === null)
  if (wanted.length === 0) return void startRun(d, task.task === 'clarify' ? ['clarify', `r${task.round}`] : ['contract', `n${task.n}`], task)
  issue(d, ['fetch-pictures', `n${count(d, 'pictures fetched')}`], { type: 'FetchPictures', pictures: wanted.map(({ address, place }) => ({ address, place })), then: task })
}

export function picturesFetched(d: Draft, event: EventOf<'PicturesFetched'>, { pictures, then }: EffectOf<'FetchPictures'>): void {
  for (const { address } of pictures) {
    const picture = d.m.pictures.find((known) => known.address === address)
    const answer = event.pictures.find((told) => told.address === address)
    if (picture) picture.outcome = answer?.outcome ?? { is: 'missing', trouble: { why: 'no_answer', detail: '' } }
  }
  // More may have been shown meanwhile.
  startReading(d, then)
}
