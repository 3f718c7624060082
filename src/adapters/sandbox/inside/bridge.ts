import { connect, createServer } from 'node:net'

/** Programs know proxies on ports; this one is behind a file. What the file leads to decides what may pass. */
export async function bridge({ socket, port }: { socket: string; port: number }): Promise<void> {
  const server = createServer((near) => {
    const far = connect(socket)
    near.pipe(far)
    far.pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', done)
  })
  server.unref()
}
