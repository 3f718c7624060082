import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Mission } from '../domain/mission.ts'
import { brokenExpectations } from './expectations.ts'
import { human } from './human.ts'
import { until } from '../stage/processes.ts'
import { openStage, place } from './stage.ts'
import { tell } from './telling.ts'
import type { Out } from '../stage/painter.ts'
import { watch } from '../stage/watch.ts'

export interface RehearsalSpec {
  dir: string
  redis_url: string
  defects: readonly number[]
  chromium: string | undefined
  /** Leaves everything up when the story is over. */
  keep: boolean
  env: Record<string, string>
  /** The mission of an issue as its journal has it now. */
  mission(repository_id: number, issue: number): Promise<Mission | null>
  /** Puts journal and log where they outlive the rehearsal; gives the folder. */
  keepsake(repository_id: number, issue: number, log_file: string): Promise<string>
  out: Out
  signal: AbortSignal
}

/** A whole mission on this machine. Gives what the story promised and was not so. */
export async function rehearse(spec: RehearsalSpec): Promise<string[]> {
  const began = Date.now()
  mkdirSync(spec.dir, { recursive: true })
  await using stage = await openStage(spec)
  stage.start('web')
  stage.start('worker')
  await stage.ready()
  spec.out.write(`GitHub on this machine: ${stage.emulator.url}/${place.full}\n`)

  const person = human(stage.emulator)
  const number = await person.ask()
  const { id } = await stage.emulator.as(place.person).request<{ id: number }>(`GET /repos/${place.full}`)
  const mission = () => spec.mission(id, number)
  const over = new AbortController()
  const viewing = watch(mission, spec.out, over.signal)
  try {
    await person.seeThrough(number, spec.signal)
    const last = await until('the mission to end', async () => {
      spec.signal.throwIfAborted()
      const m = await mission()
      return m?.phase === 'done' && m.pending.length === 0 && m
    })
    over.abort()
    await viewing
    await until('the pages to be drawn', async () => (await stage.emulator.as(place.person).issue(place.full, number)).state === 'closed')
    const broken = await brokenExpectations(last, stage.emulator, spec.defects)
    const kept = await spec.keepsake(id, number, stage.log_file)
    const at = { url: `${stage.emulator.url}/${place.full}`, wall_ms: Date.now() - began, journal: join(kept, 'journal.jsonl'), log: join(kept, 'app.log') }
    spec.out.write(`\n${tell(last, at).join('\n')}\n`)
    spec.out.write(broken.length > 0 ? `\nNot as the story promised:\n${broken.map((b) => `  ${b}\n`).join('')}` : '\nAll as the story promised.\n')
    if (spec.keep) await keepOpen(stage.emulator.url, spec)
    return broken
  } finally {
    over.abort()
    await viewing
  }
}

async function keepOpen(url: string, spec: RehearsalSpec): Promise<void> {
  spec.out.write(`\nEverything stays up until Ctrl-C: ${url}/${place.full}\n`)
  await new Promise((resolve) => spec.signal.addEventListener('abort', resolve, { once: true }))
}
