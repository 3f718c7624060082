import { cut } from '../paging.ts'
import { notFound } from '../refusal.ts'
import { appRoute, idParam, json } from '../route.ts'
import type { Call, Route } from '../route.ts'
import type { Delivery } from '../webhooks.ts'

export const hookDeliveryRoutes: Route[] = [
  appRoute('GET /app/hook/config', (call) => json({ url: call.machine.webhooks.target()?.url ?? '', content_type: 'json', secret: '********', insecure_ssl: '0' })),
  appRoute('GET /app/hook/deliveries', (call) => {
    const finished = call.machine.webhooks
      .deliveries()
      .filter((delivery) => delivery.status !== 'pending')
      .toReversed()
    // Pages go by cursor here, not by number: the id of the first delivery of the page.
    const cursor = call.query.get('cursor')
    const rest = cursor === null ? finished : finished.filter((delivery) => delivery.id <= Number(cursor))
    const { slice } = cut({ ...call, query: withoutPage(call) }, rest)
    const next = rest[slice.length]
    const url = new URL(call.url)
    url.searchParams.set('cursor', String(next?.id))
    return { status: 200, body: slice.map(showItem), ...(next === undefined ? {} : { headers: { link: `<${url.href}>; rel="next"` } }) }
  }),
  appRoute('GET /app/hook/deliveries/{delivery_id}', (call) => json(showDelivery(deliveryOf(call), call))),
  appRoute('POST /app/hook/deliveries/{delivery_id}/attempts', (call) => {
    if (call.machine.webhooks.redeliver(deliveryOf(call).id) === null) throw notFound()
    return json({}, 202)
  }),
]

function withoutPage(call: Call): URLSearchParams {
  const query = new URLSearchParams(call.query)
  query.delete('page')
  return query
}

function deliveryOf(call: Call): Delivery {
  const id = idParam(call, 'delivery_id')
  const delivery = call.machine.webhooks.deliveries().find((candidate) => candidate.id === id)
  if (delivery === undefined) throw notFound()
  return delivery
}

function showItem(delivery: Delivery) {
  const { id, guid, delivered_at, redelivery, duration, status, status_code, event, action, installation_id, repository_id } = delivery
  return { id, guid, delivered_at, redelivery, duration, status, status_code, event, action, installation_id, repository_id, throttled_at: null }
}

function showDelivery(delivery: Delivery, call: Call) {
  return { ...showItem(delivery), url: call.machine.webhooks.target()?.url ?? '', request: delivery.request, response: delivery.response }
}
