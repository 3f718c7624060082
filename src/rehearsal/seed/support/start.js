import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../src/app.js'
import { openStore } from '../src/store.js'

/** The real application on a free port with a data file of its own; ends with the test. */
export async function start(t) {
  const folder = await mkdtemp(join(tmpdir(), 'bookings-'))
  const file = join(folder, 'bookings.json')
  const server = createApp(openStore(file))
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await rm(folder, { recursive: true, force: true })
  })
  const base = `http://127.0.0.1:${server.address().port}`

  return {
    base,
    file,
    get: (path) => fetch(base + path),
    post: (path, body) => fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    submit: (path, fields) => fetch(base + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' }),
  }
}
