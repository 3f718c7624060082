import { z } from 'zod'
import { Procedures, Service } from './feature.ts'
import type { Plan } from './feature.ts'

/** Where a repository says how it wants to be worked on. */
export const settingsPath = '.github/missions.yml'

const { build, scanners, env, entry_points, services, ...plain } = Procedures.shape
const { name, ...service } = Service.shape

/** Procedures of which any may be missing. A default of the plan's own schema would stand here for what nobody said. */
const Said = z.strictObject({ ...plain, build: build.unwrap(), scanners: scanners.unwrap(), env: env.unwrap(), entry_points: entry_points.unwrap(), services: services.unwrap() }).partial()

/** What `.github/missions.yml` may say. What it says binds every plan; what it leaves out is found out. */
export const SettingsFile = z.strictObject({
  procedures: Said.omit({ services: true }).nullish(),
  services: z.record(name, z.strictObject(service)).nullish(),
  boundaries: z.array(z.string().min(2).max(200)).max(30).nullish(),
})
export type SettingsFile = z.infer<typeof SettingsFile>

/** The file as a mission keeps it: read at the commit it began from. `problems` are for a person: the file is there and could not be used. */
export const Settings = z.strictObject({
  procedures: Said,
  boundaries: z.array(z.string()),
  problems: z.array(z.string()),
})
export type Settings = z.infer<typeof Settings>

export function settingsOf(file: SettingsFile): Settings {
  const running = file.services ? { services: Object.entries(file.services).map(([called, rest]) => ({ name: called, ...rest })) } : {}
  return { procedures: { ...file.procedures, ...running }, boundaries: file.boundaries ?? [], problems: [] }
}

/** The names that may stand at a place of the file. */
export function namesAt(place: readonly PropertyKey[]): string[] {
  if (place[0] === 'procedures') return Object.keys(Said.shape).filter((key) => key !== 'services')
  return Object.keys(place[0] === 'services' ? service : SettingsFile.shape)
}

/** What the repository's own file says is kept, word for word; sentences for whoever planned otherwise. */
export function settingsProblems(plan: Plan, settings: Settings | null): string[] {
  if (!settings) return []
  const said = Object.entries(settings.procedures)
  const own = new Map<string, unknown>(Object.entries(plan.procedures))
  const missing = settings.boundaries.filter((boundary) => !plan.boundaries.includes(boundary))
  return [
    ...said
      .filter(([key, value]) => !same(own.get(key), value))
      .map(([key, value]) => `${settingsPath} says ${key} is ${JSON.stringify(value)}, and the plan has ${JSON.stringify(own.get(key) ?? null)}; take what the file says.`),
    ...(said.length > 0 && !plan.procedures_from.includes(settingsPath) ? [`Procedures were taken from ${settingsPath}; name it in "procedures_from".`] : []),
    ...missing.map((boundary) => `${settingsPath} has the boundary "${boundary}", and the plan does not; list it in "boundaries" as it stands there.`),
  ]
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
