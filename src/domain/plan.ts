import type { Assertion, ValidationContract } from './contract.ts'
import { crosses } from './boundaries.ts'
import type { Feature, Plan } from './feature.ts'
import { settingsProblems } from './settings.ts'
import type { Settings } from './settings.ts'
import { skeletonProblems } from './skeleton.ts'

/** Why this plan cannot be carried out; sentences for whoever wrote it. Empty: it can. */
export function planProblems(plan: Plan, contract: ValidationContract, settings: Settings | null = null): string[] {
  return [
    ...identity(plan),
    ...coverage(plan, contract),
    ...order(plan),
    ...touches(plan),
    ...boundaries(plan),
    ...settingsProblems(plan, settings),
    ...procedures(plan, contract),
    ...services(plan),
    ...skeletonProblems(plan),
  ]
}

function identity(plan: Plan): string[] {
  const milestones = new Set<string>(plan.milestones.map((m) => m.id))
  return [
    ...repeated(plan.milestones.map((m) => m.id)).map((id) => `The milestone id ${id} is used more than once; give every milestone its own.`),
    ...repeated(plan.features.map((f) => f.id)).map((id) => `The feature id ${id} is used more than once; give every feature its own.`),
    ...plan.features.filter((f) => !milestones.has(f.milestone)).map((f) => `${f.id} belongs to milestone ${f.milestone}, which the plan does not have.`),
    ...plan.milestones.filter((m) => !plan.features.some((f) => f.milestone === m.id)).map((m) => `Milestone ${m.id} has no feature; give it one or leave it out.`),
    ...plan.features.filter((f) => f.fixes.length > 0).map((f) => `${f.id} says it fixes ${f.fixes.join(', ')}; a first plan has no findings yet, so leave "fixes" empty.`),
  ]
}

function coverage(plan: Plan, contract: ValidationContract): string[] {
  const problems: string[] = []
  const known = new Set<string>(contract.assertions.map((a) => a.id))
  for (const f of plan.features) {
    for (const id of f.covers) if (!known.has(id)) problems.push(`${f.id} covers ${id}, which the contract does not have.`)
    for (const id of repeated(f.covers)) problems.push(`${f.id} lists ${id} more than once.`)
  }
  for (const { id } of contract.assertions) {
    const by = plan.features.filter((f) => f.covers.includes(id)).map((f) => f.id)
    if (by.length === 0) problems.push(`${id} is covered by no feature; every assertion needs exactly one.`)
    if (by.length > 1) problems.push(`${id} is covered by ${by.join(' and ')}; leave it with the one feature that completes it.`)
  }
  return problems
}

function order(plan: Plan): string[] {
  const problems: string[] = []
  const features = new Map<string, Feature>(plan.features.map((f) => [f.id, f]))
  const place = new Map<string, number>(plan.milestones.map((m, i) => [m.id, i]))
  for (const f of plan.features) {
    for (const id of f.after) {
      const needed = features.get(id)
      if (!needed) problems.push(`${f.id} comes after ${id}, which the plan does not have.`)
      else if (id === f.id) problems.push(`${f.id} comes after itself.`)
      else if ((place.get(needed.milestone) ?? 0) > (place.get(f.milestone) ?? 0))
        problems.push(`${f.id} of milestone ${f.milestone} comes after ${id} of the later milestone ${needed.milestone}; move one of them.`)
    }
  }
  const circle = stuck(plan.features)
  if (circle.length > 0) problems.push(`${circle.join(', ')} wait for each other, so none of them could ever start; remove one "after" from the circle.`)
  const first = plan.milestones[0]
  const opening = plan.features.filter((f) => f.milestone === first?.id)
  if (first && opening.length > 0 && opening.every((f) => f.after.length > 0))
    problems.push(`No feature of the first milestone ${first.id} can start: each has an "after". Let one begin with nothing before it.`)
  return problems
}

/** Features that never become startable, only through known ids other than their own. */
function stuck(features: readonly Feature[]): string[] {
  const known = new Set<string>(features.map((f) => f.id))
  let waiting = features.map((f) => ({ id: f.id, after: f.after.filter((id) => known.has(id) && id !== f.id) }))
  for (;;) {
    const open = new Set<string>(waiting.map((f) => f.id))
    const rest = waiting.filter((f) => f.after.some((id) => open.has(id)))
    if (rest.length === waiting.length) return rest.map((f) => f.id)
    waiting = rest
  }
}

/** The push gate would refuse these; better now than after a worker's hour. */
export function isProtectedPath(path: string): boolean {
  const clean = path.replace(/^\.?\/+/, '').toLowerCase()
  return /^\.github\/(?:workflows|actions)(?:\/|$)/.test(clean) || /^(?:\.github\/|docs\/)?codeowners$/.test(clean) || clean === '.gitmodules' || /^\.missions(?:\/|$)/.test(clean)
}

function touches(plan: Plan): string[] {
  return plan.features.flatMap((f) =>
    f.touches.flatMap((path) => {
      if (path.startsWith('/') || path.split('/').includes('..')) return [`${f.id} touches "${path}"; name paths from the repository's root, without "..".`]
      if (isProtectedPath(path)) return [`${f.id} touches "${path}", which no agent may change; plan without it, and say in the brief what a person should do there.`]
      return []
    }),
  )
}

function services({ procedures }: Plan): string[] {
  const { services, port } = procedures
  const ports = services.flatMap((s) => (s.port === null ? [] : [s.port]))
  return [
    ...repeated(services.map((s) => s.name)).map((name) => `Two services are called ${name}; give each its own name.`),
    ...services.filter((s) => s.health === null && s.port === null).map((s) => `Nothing tells when the service ${s.name} is up; give it a port, or a health command.`),
    ...repeated([...ports, ...(port === null ? [] : [port])].map(String)).map((taken) => `Port ${taken} is given twice; product and services share one loopback, so each needs its own.`),
  ]
}

/** The push gate would refuse these, too. */
function boundaries(plan: Plan): string[] {
  return plan.features.flatMap((f) =>
    f.touches.flatMap((path) => {
      const boundary = plan.boundaries.find((b) => crosses(b, path))
      return boundary === undefined ? [] : [`${f.id} touches "${path}", which lies within the boundary "${boundary}"; plan without it, or drop the boundary if it is your own and wrong.`]
    }),
  )
}

function procedures(plan: Plan, contract: ValidationContract): string[] {
  const p = plan.procedures
  const problems: string[] = []
  const by = (...tools: Assertion['tool'][]) => contract.assertions.filter((a) => tools.includes(a.tool)).map((a) => a.id)
  const web = by('http', 'browser')
  const shell = by('command', 'terminal')
  const missing = [p.start?.trim() ? null : 'start', p.port === null ? 'port' : null].filter((x) => x !== null)
  if (web.length > 0 && missing.length > 0)
    problems.push(
      `${web.join(', ')} ${web.length === 1 ? 'is' : 'are'} checked over http or in a browser, so the procedures must say how the product starts: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    )
  if (shell.length > 0 && p.entry_points.length === 0 && p.consumer === undefined)
    problems.push(
      `${shell.join(', ')} ${shell.length === 1 ? 'is' : 'are'} checked by running commands, so the procedures must declare entry_points, such as ["node", "bin/tool.js"], or for a library how a user's script is run (consumer).`,
    )
  const script = p.consumer?.at(-1) ?? ''
  if (script.startsWith('/') || script.split('/').includes('..')) problems.push(`The consumer's script ${script} must lie in the repository: name it from its root, without "..".`)
  return problems
}

export function repeated(items: readonly string[]): string[] {
  return [...new Set(items.filter((item, i) => items.indexOf(item) !== i))]
}
