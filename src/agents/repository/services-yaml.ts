import { parse } from 'yaml'
import { z } from 'zod'
import type { Candidate } from './candidate.ts'
import { kindOf } from './candidate.ts'

export const servicesPath = '.factory/services.yaml'

const Services = z.looseObject({
  commands: z.record(z.string(), z.string().nullish().catch(null)).nullish().catch(null),
  services: z
    .record(
      z.string(),
      z.looseObject({
        start: z.string().nullish().catch(null),
        stop: z.string().nullish().catch(null),
        healthcheck: z.string().nullish().catch(null),
        health: z.string().nullish().catch(null),
        port: z.union([z.int(), z.string()]).nullish().catch(null),
      }),
    )
    .nullish()
    .catch(null),
})

/** `commands:` by name, and `services:` with start, stop, healthcheck and port, as other agents' manifests write them. */
export function servicesYaml(text: string): Candidate[] {
  const parsed = Services.safeParse(yaml(text))
  if (!parsed.success) return [{ for: 'note', is: `${servicesPath} cannot be read`, source: servicesPath }]
  const commands = Object.entries(parsed.data.commands ?? {}).flatMap(([name, command]): Candidate[] => {
    const kind = kindOf(name.replaceAll(/[-_]/g, ' ')) ?? (command ? kindOf(command) : null)
    return command && kind ? [{ for: kind, is: command, source: `${servicesPath} commands.${name}` }] : []
  })
  const services = Object.entries(parsed.data.services ?? {}).flatMap(([name, service]): Candidate[] => {
    const source = `${servicesPath} services.${name}`
    const said = [service.start, service.healthcheck ?? service.health, service.port, service.stop]
    const [start, health, port, stop] = said
    return [
      ...(start ? [{ for: 'service' as const, is: `${name}: ${start}`, source }] : []),
      ...(health ? [{ for: 'health' as const, is: String(health), source }] : []),
      ...(port ? [{ for: 'port' as const, is: String(port), source }] : []),
      ...(stop ? [{ for: 'stop' as const, is: String(stop), source }] : []),
    ]
  })
  return [...commands, ...services]
}

function yaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20 })
  } catch {
    return null
  }
}
