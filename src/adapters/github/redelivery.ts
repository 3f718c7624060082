import { z } from 'zod'
import { said } from './trouble.ts'

/** A call as the app itself: its answer's data, and its headers. */
export type AsApp = (route: string, parameters: Record<string, unknown>) => Promise<{ data: unknown; headers: { link?: string | undefined } }>

/** GitHub's delivery ids have outgrown what a number holds exactly; the client gives those as a bigint. */
const DeliveryId = z.union([z.int(), z.bigint()])
type DeliveryId = z.infer<typeof DeliveryId>
const Deliveries = z.array(z.object({ id: DeliveryId, guid: z.string(), delivered_at: z.string(), status_code: z.number() }))
export type Delivery = z.infer<typeof Deliveries>[number]

const day_ms = 24 * 60 * 60_000
const pages_limit = 10
/** An attempt younger than this may still be under way. */
const settle_ms = 5_000
const a_look_limit = 50
/** How often one and the same attempt is asked to be repeated: GitHub may refuse it, or say yes and not send. */
const asks_limit = 3

/** Asks for the webhooks of the last day that nobody took, a bounded number a call; GitHub never sends one again by itself. Gives how many it will send. */
export function redelivery(asApp: AsApp): (now_ms: number) => Promise<number> {
  let asked = new Map<DeliveryId, number>()

  return async (now_ms) => {
    const listed = await recent(asApp, now_ms)
    // What is listed no more is never due again.
    asked = new Map([...asked].filter(([asked_id]) => listed.some(({ id }) => id === asked_id)))
    const asks = (id: DeliveryId) => asked.get(id) ?? 0
    const due = dueAgain(listed, now_ms).filter((id) => asks(id) < asks_limit)
    let sent = 0
    // Those never asked for first: what GitHub does not send holds up nobody.
    for (const delivery_id of due.toSorted((a, b) => asks(a) - asks(b)).slice(0, a_look_limit)) {
      if (await again(asApp, delivery_id)) sent += 1
      asked.set(delivery_id, asks(delivery_id) + 1)
    }
    return sent
  }
}

/** False when GitHub has forgotten it since we looked, or will not. */
async function again(asApp: AsApp, delivery_id: DeliveryId): Promise<boolean> {
  try {
    await asApp('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id })
    return true
  } catch (error) {
    if (said(error, 404, 422)) return false
    throw error
  }
}

/** Of each webhook without any accepted attempt the latest one, when as long has passed since as between it and the first. Oldest first. */
export function dueAgain(newestFirst: readonly Delivery[], now_ms: number): DeliveryId[] {
  const byGuid = new Map<string, Delivery[]>()
  for (const delivery of newestFirst) byGuid.set(delivery.guid, [...(byGuid.get(delivery.guid) ?? []), delivery])
  return [...byGuid.values()].reverse().flatMap((attempts) => {
    const [latest, first] = [attempts[0], attempts.at(-1)]
    if (!latest || !first || attempts.some(({ status_code }) => status_code >= 200 && status_code < 300)) return []
    const [last_ms, first_ms] = [Date.parse(latest.delivered_at), Date.parse(first.delivered_at)]
    return now_ms - last_ms >= Math.max(settle_ms, last_ms - first_ms) ? [latest.id] : []
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
