import type { Feature, Plan, TriedProcedure } from './feature.ts'
import type { MilestoneId } from './id.ts'

// What the base cannot do yet is the first feature's work: the walking skeleton, or the mending of what is red.

/** Why this plan cannot get a base to its feet that is not ready for it; sentences for whoever wrote it. */
export function skeletonProblems(plan: Plan): string[] {
  return [...entries(plan), ...firstFeature(plan), ...manifests(plan)]
}

/** The milestone whose validation tries what the dry run could not try on the base. */
export function isSkeleton(plan: Plan, milestone: MilestoneId): boolean {
  return plan.milestones[0]?.id === milestone && plan.unready.some((u) => u.state !== 'left')
}

/** What is red on the base and stays so: nobody is held to it. */
export function leftRed(plan: Plan): readonly TriedProcedure[] {
  return plan.unready.flatMap((u) => (u.state === 'left' ? [u.procedure] : []))
}

/** Files that say what a product is made of and what it needs. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|deno\.(?:jsonc?|lock)|Cargo\.(?:toml|lock)|go\.(?:mod|sum|work)|pyproject\.toml|setup\.(?:py|cfg)|requirements[\w.-]*\.txt|poetry\.lock|uv\.lock|Pipfile(?:\.lock)?|Gemfile(?:\.lock)?|[\w.-]+\.gemspec|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradle\.lockfile|mix\.(?:exs|lock)|pubspec\.(?:yaml|lock)|[\w.-]+\.(?:csproj|fsproj|sln)|packages\.lock\.json|CMakeLists\.txt|Makefile)$/.test(
    path,
  )
}

function entries({ unready, procedures }: Plan): string[] {
  return unready.flatMap((u, i) => {
    if (procedures[u.procedure] === null) return [`"unready" names ${u.procedure}, which the procedures do not have; leave it out.`]
    if (unready.findIndex((x) => x.procedure === u.procedure) < i) return [`"unready" names ${u.procedure} more than once.`]
    if (u.state !== 'left') return u.feature === null ? [`${u.procedure} is ${u.state === 'mended' ? 'to be mended' : 'not built yet'}; name the first feature as the one that does it.`] : []
    if (u.feature !== null) return [`${u.procedure} is left as it is, so nobody mends it: its feature must be null.`]
    if (u.procedure === 'lint' || u.procedure === 'types') return []
    return [
      u.procedure === 'test'
        ? 'Tests that are red on the base prove nothing later: have the first feature mend them, or narrow `test` to the part that is green and say so in `why`.'
        : `Nothing can be built on a base that does not ${u.procedure}: have the first feature mend it.`,
    ]
  })
}

/** One feature gets the base to its feet, before all others. */
function firstFeature(plan: Plan): string[] {
  const named = [...new Set(plan.unready.flatMap((u) => (u.state === 'left' || u.feature === null ? [] : [u.feature])))]
  if (named.length > 1) return [`${named.join(' and ')} share what is not ready on the base; give all of it to one feature, the first.`]
  const [id] = named
  if (id === undefined) return []
  const first = plan.features.find((f) => f.id === id)
  if (!first) return [`"unready" names ${id}, which the plan does not have.`]
  const opening = plan.milestones[0]
  const problems: string[] = []
  if (first.milestone !== opening?.id) problems.push(`${id} gets the base to its feet, so it belongs to the first milestone.`)
  if (first.after.length > 0) problems.push(`${id} gets the base to its feet, so nothing can come before it: empty its "after".`)
  const early = plan.features.filter((f) => f.id !== id && !comesAfter(f, id, plan.features))
  if (early.length > 0) problems.push(`${early.map((f) => f.id).join(', ')} cannot be checked before ${id} is merged; let ${early.length === 1 ? 'it' : 'them'} come after ${id}.`)
  const beside = plan.features.filter((f) => f.id !== id && f.milestone === opening?.id)
  if (plan.unready.some((u) => u.state === 'not_built') && beside.length > 0)
    problems.push(`The first milestone is the walking skeleton, tried as a whole before anything stands on it: leave it to ${id} alone, and move ${beside.map((f) => f.id).join(', ')} to a later one.`)
  return problems
}

function comesAfter(f: Feature, id: string, features: readonly Feature[]): boolean {
  const seen = new Set<string>()
  const open: string[] = [...f.after]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(features.find((x) => x.id === next)?.after ?? []))
  }
  return false
}

/** They are approved with the plan, so the plan names them; and whoever changes them says so. */
function manifests(plan: Plan): string[] {
  const within = (path: string, touch: string) => touch === path || (touch.endsWith('/') && path.startsWith(touch))
  const bad = plan.manifests.filter((path) => path.startsWith('/') || path.split('/').includes('..'))
  const idle = plan.manifests.filter((path) => !bad.includes(path) && !plan.features.some((f) => f.touches.some((t) => within(path, t))))
  const unnamed = plan.features.flatMap((f) => f.touches.filter((t) => isManifest(t) && !plan.manifests.includes(t)).map((t) => ({ f, t })))
  const install = plan.unready.find((u) => u.procedure === 'install' && u.state === 'not_built')
  return [
    ...bad.map((path) => `The manifest "${path}" is no path from the repository's root.`),
    ...idle.map((path) => `The manifest ${path} is touched by no feature; add it to the "touches" of the one that writes it.`),
    ...unnamed.map(({ f, t }) => `${f.id} touches ${t}; name it in "manifests" too, so that it is approved with the plan.`),
    ...(install && plan.manifests.length === 0 ? ['The first feature makes the install work, so name the manifests and lock files it writes in "manifests".'] : []),
  ]
}
