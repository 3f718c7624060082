/** One request and its answer, as a test wants to see them. */
export interface Exchange {
  kind: 'call'
  /** Of GitHub's description; `null` for an address that no route serves. */
  operation: string | null
  method: string
  /** Without `/api/v3`, with the query. */
  path: string
  /** `app`, `installation`, `person` or `anonymous`. */
  actor: string
  request_body: unknown
  status: number
  response_body: unknown
}

export interface SentWebhook {
  kind: 'webhook'
  event: string
  payload: Record<string, unknown>
}

export type Observed = Exchange | SentWebhook
