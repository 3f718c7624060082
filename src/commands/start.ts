import { once } from 'node:events'
import { compose } from '../compose.ts'
import { readConfig } from '../config.ts'
import { interrupted, parse, Usage } from './usage.ts'

const how = 'missions start [--web | --worker] [--smee]'
/** What a container's stop leaves, with a little to spare. */
const grace_ms = 25_000

/** The app until it is told to stop. */
export async function start(args: string[]): Promise<number> {
  const { values } = parse(args, { web: { type: 'boolean', default: false }, worker: { type: 'boolean', default: false }, smee: { type: 'boolean', default: false } }, how)
  const parts = values.web === values.worker ? { web: true, worker: true } : { web: values.web, worker: values.worker }
  const config = readConfig(process.env, parts)
  if (values.smee && !config.smee_url) throw new Usage('--smee needs WEBHOOK_PROXY_URL, a channel of a smee server such as https://smee.io/new gives')
  const told = interrupted()
  const running = await compose(config, parts)
  try {
    const relay = values.smee && config.smee_url ? await followSmee(config.smee_url, running.port) : null
    if (!told.aborted) await once(told, 'abort')
    await relay?.stop()
    return 0
  } finally {
    await running.close(grace_ms)
  }
}

/** Development only: webhooks come through a relay, since GitHub cannot reach this machine. */
async function followSmee(source: string, port: number): Promise<{ stop(): Promise<void> }> {
  const { default: SmeeClient } = await import('smee-client')
  const client = new SmeeClient({ source, target: `http://127.0.0.1:${port}/api/github/webhooks`, logger: { info: () => {}, error: (line: string) => process.stderr.write(`smee: ${line}\n`) } })
  await client.start().catch(async () => {
    await client.stop()
    throw new Usage(`There is no relay at ${source}; WEBHOOK_PROXY_URL is a channel of a smee server such as https://smee.io/new gives`)
  })
  return { stop: async () => client.stop() }
}
