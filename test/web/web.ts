import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { RawFact } from '../../src/ports/forge.ts'
import { startWeb, webhookPath } from '../../src/web/server.ts'
import type { Web, WebSpec } from '../../src/web/server.ts'
import { identity, ourMarkers } from '../adapters/github/people.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })

export interface TestWeb extends AsyncDisposable {
  web: Web
  url: string
  taken: RawFact[]
  post(event: string, payload: unknown, options?: { secret?: string | null; headers?: Record<string, string> }): Promise<{ status: number; text: string }>
}

export const secret = 'the current secret'

/** The real server with an inbox that a test can look into. */
export async function openWeb(options: Partial<Omit<WebSpec, 'app'>> & { inbox?: (fact: RawFact) => Promise<void> } = {}): Promise<TestWeb> {
  const taken: RawFact[] = []
  const { inbox, ...rest } = options
  const web = await startWeb({
    port: 0,
    host: '127.0.0.1',
    app_id: identity.app_id,
    private_key: privateKey,
    api_url: 'http://127.0.0.1:9/api/v3',
    webhook_secrets: [secret],
    version: '1.2.3',
    healthy: async () => true,
    app: { identity, markers: ourMarkers, inbox: inbox ?? (async (fact) => void taken.push(fact)) },
    ...rest,
  })
  const url = `http://127.0.0.1:${web.port}`
  return {
    web,
    url,
    taken,
    async post(event, payload, { secret: signing = secret, headers = {} } = {}) {
      const body = JSON.stringify(payload)
      const signature = signing === null ? {} : { 'x-hub-signature-256': `sha256=${createHmac('sha256', signing).update(body).digest('hex')}` }
      const response = await fetch(`${url}${webhookPath}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': 'a-delivery', ...signature, ...headers },
      })
      return { status: response.status, text: await response.text() }
    },
    [Symbol.asyncDispose]: () => web.close(1_000),
  }
}
