import { z } from 'zod'
import type { Emulator } from './emulator.ts'

export interface Control {
  handle(request: { method: string; url: URL; body: Uint8Array }): Promise<{ status: number; headers: Record<string, string>; body: string }>
}

const times = { times: z.int().positive().optional(), after: z.int().nonnegative().optional() }
const when = z.enum(['before', 'after'])
const match = z.string()
const fault = z.discriminatedUnion('do', [
  z.object({ do: z.literal('error'), match, status: z.int(), when, ...times }),
  z.object({ do: z.literal('reset'), match, when, ...times }),
  z.object({ do: z.literal('html'), match, when, ...times }),
  z.object({ do: z.literal('secondary_limit'), match, retry_after_s: z.number().optional(), ...times }),
  z.object({ do: z.literal('primary_limit'), match, reset_in_s: z.number(), ...times }),
  z.object({ do: z.literal('latency'), match, by_ms: z.number(), ...times }),
  z.object({ do: z.literal('refuse_push'), match, message: z.string(), ...times }),
])
const webhookFault = z.discriminatedUnion('do', [
  z.object({ do: z.literal('lose'), match, times: times.times }),
  z.object({ do: z.literal('double'), match, times: times.times }),
  z.object({ do: z.literal('delay'), match, by_ms: z.number(), times: times.times }),
  z.object({ do: z.literal('reorder'), match, by_ms: z.number(), times: times.times }),
])
const target = z.object({ url: z.string(), secret: z.string() }).nullable()
const role = z.enum(['none', 'read', 'triage', 'write', 'maintain', 'admin'])
const user = z.object({ login: z.string(), type: z.enum(['User', 'Bot', 'Organization']).optional() })
const repository = z.object({ owner: z.string(), name: z.string(), from: z.string().optional(), empty: z.boolean().optional(), private: z.boolean().optional() })
const collaborator = z.object({ repository: z.string(), login: z.string(), role })

/** The emulator's own switches, for other processes and for curl. */
export function createControl(emulator: () => Emulator): Control {
  const acts: Record<string, (body: unknown) => unknown> = {
    'GET state': () => emulator().dump(),
    'GET calls': () => emulator().calls(),
    'GET deliveries': () => emulator().deliveries(),
    'GET app': () => emulator().app,
    'POST idle': () => emulator().idle(),
    'POST faults': (body) => emulator().faults.add(fault.parse(body)),
    'DELETE faults': () => emulator().faults.clear(),
    'POST webhook-faults': (body) => emulator().webhook_faults.add(webhookFault.parse(body)),
    'DELETE webhook-faults': () => emulator().webhook_faults.clear(),
    'PUT webhook': (body) => emulator().setWebhook(target.parse(body)),
    'POST users': (body) => {
      const { login, type } = user.parse(body)
      return emulator().addUser(login, type === undefined ? {} : { type })
    },
    'POST repositories': (body) => emulator().addRepository(repository.parse(body)),
    'POST collaborators': (body) => {
      const asked = collaborator.parse(body)
      return emulator().addCollaborator(asked.repository, asked.login, asked.role)
    },
  }
  return {
    async handle({ method, url, body }) {
      const name = url.pathname.slice('/_emulator/'.length)
      if (name.startsWith('avatars/')) return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: avatar(Number(name.slice('avatars/'.length))) }
      const act = acts[`${method} ${name}`]
      if (act === undefined) return answer(404, { message: 'Not Found', switches: Object.keys(acts) })
      try {
        const value = await act(body.length === 0 ? undefined : JSON.parse(Buffer.from(body).toString('utf8')))
        return answer(200, value ?? {})
      } catch (error) {
        return answer(422, { message: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}

function answer(status: number, value: unknown) {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) }
}

/** A quiet round tile, its hue from the user's number. */
function avatar(id: number): string {
  const hue = (id * 67) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 30% 62%)"/><circle cx="20" cy="16" r="7" fill="hsl(${hue} 30% 88%)"/><path d="M6 40a14 14 0 0 1 28 0z" fill="hsl(${hue} 30% 88%)"/></svg>`
}
