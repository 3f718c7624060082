import { setTimeout as sleep } from 'node:timers/promises'
import type { Procedures, Service } from '../domain/feature.ts'
import type { Sandbox, SandboxProcess } from '../ports/sandbox.ts'
import { capped } from './tool.ts'

/** The services of a product or of its tests, running in one sandbox. Dispose ends them, the last one first. */
export interface Served extends AsyncDisposable {
  /** Why one of them is not up, with what it printed; null when all are. */
  problem: string | null
  logs(): Promise<string>
}

const stop_ms = 10_000
const output_limit_bytes = 64_000

/** One after the other, each once the one before is up; nothing is started after one that does not come up. */
export async function serve(sandbox: Sandbox, { services, env }: Procedures, patience_ms: number, signal: AbortSignal): Promise<Served> {
  const running: { service: Service; process: SandboxProcess }[] = []
  let problem: string | null = null
  for (const service of services) {
    const process = await sandbox.spawn({ argv: ['bash', '-c', service.start], env, timeout_ms: 24 * 60 * 60_000, output_limit_bytes })
    running.push({ service, process })
    problem = await untilUp(sandbox, { service, process, env, patience_ms }, signal)
    if (problem !== null) break
  }
  const logs = async () => (await Promise.all(running.map(async ({ service, process }) => `--- service ${service.name} ---\n${capped(await process.output(), 4_000)}`))).join('\n')
  return {
    problem: problem === null ? null : `${problem}\n${await logs()}`,
    logs,
    async [Symbol.asyncDispose]() {
      for (const { service, process } of running.toReversed()) {
        // A sandbox that is gone took them with it.
        if (service.stop !== null) await sandbox.exec({ argv: ['bash', '-c', service.stop], env, timeout_ms: stop_ms, output_limit_bytes: 4_000 }).catch(() => null)
        await process.stop().catch(() => undefined)
      }
    },
  }
}

async function untilUp(
  sandbox: Sandbox,
  { service, process, env, patience_ms }: { service: Service; process: SandboxProcess; env: Record<string, string>; patience_ms: number },
  signal: AbortSignal,
): Promise<string | null> {
  const look = service.health ?? (service.port === null ? null : `exec 3<>/dev/tcp/127.0.0.1/${service.port}`)
  let seen = ''
  for (const began = performance.now(); performance.now() - began < patience_ms;) {
    const exit = await process.exit()
    if (exit !== null) return `The service ${service.name} ended with exit ${exit} before it was up.`
    if (look === null) return null
    const looked = await sandbox.exec({ argv: ['bash', '-c', look], env, timeout_ms: 5_000, output_limit_bytes: 2_000 }, signal)
    // What answers may be another's: it counts while this one runs.
    if (looked.exit === 0 && (await process.exit()) === null) return null
    seen = (looked.stderr.trim() || looked.stdout.trim()).split('\n').at(-1) ?? ''
    await sleep(100, undefined, { signal })
  }
  return `The service ${service.name} was not up after ${patience_ms / 1000} s: ${service.health ?? `port ${service.port}`} says ${seen || 'nothing'}.`
}
