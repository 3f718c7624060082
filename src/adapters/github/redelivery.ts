import { z } from 'zod'
import { said } from './trouble.ts'

/** A call as the app itself: its answer's data, and its headers. */
export type AsApp = (route: string, parameters: Record<string, unknown>) => Promise<{ data: unknown; headers: { link?: string | undefined } }>

const Deliveries = z.array(z.object({ id: z.number(), guid: z.string(), delivered_at: z.string(), status_code: z.number() }))
export type Delivery = z.infer<typeof Deliveries>[number]

const day_ms = 24 * 60 * 60_000
const pages_limit = 10

/** Asks for the webhooks of the last day that nobody took; GitHub never sends one again by itself. Gives how many. */
export async function redeliverFailed(asApp: AsApp, now_ms: number): Promise<number> {
  const due = dueAgain(await recent(asApp, now_ms), now_ms)
  for (const delivery_id of due) {
    await asApp('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id }).catch((error: unknown) => {
      // Forgotten since we looked.
      if (!said(error, 404, 422)) throw error
    })
  }
  return due.length
}

/** Of each webhook without any accepted attempt the latest one, when as long has passed since as between it and the first. */
export function dueAgain(newestFirst: readonly Delivery[], now_ms: number): number[] {
  const byGuid = new Map<string, Delivery[]>()
  for (const delivery of newestFirst) byGuid.set(delivery.guid, [...(byGuid.get(delivery.guid) ?? []), delivery])
  return [...byGuid.values()].reverse().flatMap((attempts) => {
    const [latest, first] = [attempts[0], attempts.at(-1)]
    if (!latest || !first || attempts.some(({ status_code }) => status_code >= 200 && status_code < 300)) return []
    const [last_ms, first_ms] = [Date.parse(latest.delivered_at), Date.parse(first.delivered_at)]
    return now_ms - last_ms >= last_ms - first_ms ? [latest.id] : []
  })
}

async function recent(asApp: AsApp, now_ms: number): Promise<Delivery[]> {
  const found: Delivery[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < pages_limit; pages++) {
    const { data, headers } = await asApp('GET /app/hook/deliveries', { per_page: 100, ...(cursor === undefined ? {} : { cursor }) })
    const page = Deliveries.parse(data)
    const young = page.filter((delivery) => now_ms - Date.parse(delivery.delivered_at) < day_ms)
    found.push(...young)
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? '')?.[1]
    if (cursor === undefined || young.length < page.length) break
  }
  return found
}
