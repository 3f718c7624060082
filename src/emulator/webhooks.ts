import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebhookFault, WebhookFaults } from './webhook-faults.ts'
import { createWebhookFaults } from './webhook-faults.ts'

export interface Target {
  url: string
  secret: string
}

export interface Delivery {
  id: number
  guid: string
  event: string
  action: string | null
  installation_id: number | null
  repository_id: number | null
  delivered_at: string
  redelivery: boolean
  /** Seconds. */
  duration: number
  /** 0 when nobody answered. */
  status_code: number
  status: string
  request: { headers: Record<string, string>; payload: Record<string, unknown> }
  response: { headers: Record<string, string>; payload: string }
}

export interface Message {
  event: string
  app_id: number
  payload: Record<string, unknown>
  installation_id: number | null
  repository_id: number | null
}

export interface Webhooks extends AsyncDisposable {
  setTarget(target: Target | null): void
  target(): Target | null
  /** Puts a delivery at the end of the queue and returns at once. */
  send(message: Message): void
  redeliver(id: number): Delivery | null
  /** Every attempt so far, oldest first. */
  deliveries(): readonly Delivery[]
  faults: WebhookFaults
  /** What of the log is worth keeping: webhooks that nobody has taken, the latest of them. */
  kept(): { undelivered: Delivery[]; next_delivery: number }
  /** When nothing is queued or held back any more. */
  idle(): Promise<void>
}

interface Options {
  target: Target | null
  clock: () => number
  observe: (event: string, payload: Record<string, unknown>) => void
  /** When what a webhook tells of is kept. */
  settled: () => Promise<void>
  /** Of an earlier process. */
  kept?: { undelivered: Delivery[]; next_delivery: number } | null
}

const kept_limit = 200

/** Signs and delivers in order, one after the other, in the background. Like GitHub it never tries again by itself. */
export function createWebhooks(options: Options): Webhooks {
  // What was under way when an earlier process ended came to nobody, as far as anyone knows.
  const log: Delivery[] = (options.kept?.undelivered ?? []).map((delivery) => (delivery.status === 'pending' ? { ...delivery, status: 'failed to connect to host' } : delivery))
  let next_id = options.kept?.next_delivery ?? 1
  const stop = new AbortController()
  const faults = createWebhookFaults()
  const background = new Set<Promise<void>>()
  let target = options.target
  let queue: Promise<void> = Promise.resolve()
  /** Deliveries that wait for another one to overtake them. */
  let held: (() => Promise<void>)[] = []
  let overtaking = new AbortController()

  function enqueue(act: () => Promise<void>): void {
    queue = queue.then(() => (stop.signal.aborted ? undefined : act()))
  }

  function aside(act: Promise<void>): void {
    const done = act.finally(() => background.delete(done))
    background.add(done)
  }

  function releaseHeld(): void {
    overtaking.abort()
    overtaking = new AbortController()
    for (const deliver of held) enqueue(deliver)
    held = []
  }

  function misbehave(fault: WebhookFault, deliver: () => Promise<void>): void {
    switch (fault.do) {
      case 'lose':
        return
      case 'double':
        enqueue(deliver)
        enqueue(deliver)
        return
      case 'delay':
        aside(sleep(fault.by_ms, undefined, { signal: stop.signal }).then(deliver, () => undefined))
        return
      case 'reorder':
        held.push(deliver)
        aside(sleep(fault.by_ms, undefined, { signal: AbortSignal.any([stop.signal, overtaking.signal]) }).then(releaseHeld, () => undefined))
    }
  }

  function create(message: Message, guid: string, redelivery: boolean): Delivery {
    const action = message.payload['action']
    const delivery: Delivery = {
      id: next_id++,
      guid,
      event: message.event,
      action: typeof action === 'string' ? action : null,
      installation_id: message.installation_id,
      repository_id: message.repository_id,
      delivered_at: new Date(options.clock()).toISOString(),
      redelivery,
      duration: 0,
      status_code: 0,
      status: 'pending',
      request: { headers: headersOf(message, guid), payload: message.payload },
      response: { headers: {}, payload: '' },
    }
    log.push(delivery)
    return delivery
  }

  function sendNow(delivery: Delivery): void {
    const settled = options.settled()
    const deliver = (): Promise<void> => settled.then(() => post(delivery, target, stop.signal))
    const fault = faults.take(delivery.action === null ? delivery.event : `${delivery.event}.${delivery.action}`)
    if (fault !== null) return misbehave(fault, deliver)
    enqueue(deliver)
    releaseHeld()
  }

  return {
    faults,
    setTarget: (next) => void (target = next),
    target: () => target,
    deliveries: () => log,
    send(message) {
      options.observe(message.event, message.payload)
      if (target !== null) sendNow(create(message, randomUUID(), false))
    },
    redeliver(id) {
      const before = log.find((delivery) => delivery.id === id)
      if (before === undefined) return null
      const app_id = Number(before.request.headers['x-github-hook-installation-target-id'])
      const again = create({ ...before, app_id, payload: before.request.payload }, before.guid, true)
      enqueue(() => post(again, target, stop.signal))
      return again
    },
    kept() {
      const taken = new Set(log.filter(({ status_code }) => status_code >= 200 && status_code < 300).map(({ guid }) => guid))
      return { undelivered: log.filter(({ guid }) => !taken.has(guid)).slice(-kept_limit), next_delivery: next_id }
    },
    async idle() {
      let seen
      do {
        seen = queue
        await queue
        await Promise.all(background)
      } while (seen !== queue || background.size > 0)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await queue
      await Promise.all(background)
    },
  }
}

function headersOf(message: Message, guid: string): Record<string, string> {
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/emulator',
    'x-github-delivery': guid,
    'x-github-event': message.event,
    'x-github-hook-id': String(message.app_id),
    'x-github-hook-installation-target-id': String(message.app_id),
    'x-github-hook-installation-target-type': 'integration',
  }
}

const answer_limit_ms = 10_000

async function post(delivery: Delivery, target: Target | null, stop: AbortSignal): Promise<void> {
  if (target === null) return
  const body = JSON.stringify(delivery.request.payload)
  const signature = `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}`
  const headers = { ...delivery.request.headers, 'x-hub-signature-256': signature }
  const began = performance.now()
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(answer_limit_ms)])
    const response = await fetch(target.url, { method: 'POST', headers, body, signal })
    delivery.status_code = response.status
    delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`
    delivery.response = { headers: Object.fromEntries(response.headers), payload: (await response.text()).slice(0, 10_000) }
  } catch (error) {
    delivery.status = error instanceof Error && error.name === 'TimeoutError' ? 'timed out' : 'failed to connect to host'
  }
  delivery.duration = Math.round((performance.now() - began) / 10) / 100
}
