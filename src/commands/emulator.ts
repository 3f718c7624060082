import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { startEmulator } from '../emulator/emulator.ts'
import { interrupted, parse, Usage } from './usage.ts'

const how = 'missions emulator --port P --repo PATH [--data DIR] [--app-port 3000]'

/** A GitHub on this machine until Ctrl-C; prints the environment that points an app at it. */
export async function emulatorCommand(args: string[]): Promise<number> {
  const { values } = parse(args, { port: { type: 'string' }, repo: { type: 'string' }, data: { type: 'string' }, 'app-port': { type: 'string', default: '3000' } }, how)
  const port = Number(values.port)
  if (!values.port || !values.repo || !Number.isInteger(port)) throw new Usage(`usage: ${how}`)
  const signal = interrupted()
  const secret = 'emulator-webhook-secret'
  const data_dir = resolve(values.data ?? (await mkdtemp(join(tmpdir(), 'missions-github-'))))
  const webhook = { url: `http://127.0.0.1:${values['app-port']}/api/github/webhooks`, secret }
  await using emulator = await startEmulator({ port, data_dir, webhook, app: { id: 4242, slug: 'missions' } })
  emulator.addUser('you')
  const name =
    basename(resolve(values.repo))
      .replace(/\.git$/, '')
      .replace(/[^A-Za-z0-9._-]/g, '-') || 'repository'
  await emulator.addRepository({ owner: 'local', name, from: resolve(values.repo) })
  emulator.addCollaborator(`local/${name}`, 'you', 'admin')
  process.stdout.write(`# ${emulator.url}/local/${name} is up; you are "you" there, with the token user-you. Point an app at it with:
export GITHUB_API_URL=${emulator.url}/api/v3
export APP_ID=${emulator.app.id}
export WEBHOOK_SECRET=${secret}
export PORT=${values['app-port']}
export PRIVATE_KEY='${emulator.app.private_key.trim()}'
`)
  if (!signal.aborted) await once(signal, 'abort')
  return 0
}
