import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface NpmRegistry extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  host: string
  url: string
  /** Path of every request, oldest first. */
  asked: string[]
  /** Lock file of a project that depends on what is published here. */
  lock(name: string): string
}

export interface Published {
  name: string
  version: string
  files: Record<string, string>
}

/** A registry that speaks npm's protocol on this machine's loopback: descriptions and tarballs, with their hashes. */
export async function startNpmRegistry(published: Published[]): Promise<NpmRegistry> {
  const packed = await Promise.all(published.map(async (one) => ({ ...one, tarball: await packedUp(one) })))
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/')
    asked.push(path)
    const tarball = packed.find((one) => path === pathOf(one))
    if (tarball) return void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball.tarball)
    const versions = packed.filter((one) => path === `/${one.name}`)
    if (versions.length === 0) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}')
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        name: path.slice(1),
        'dist-tags': { latest: versions.at(-1)?.version },
        versions: Object.fromEntries(versions.map((one) => [one.version, { ...manifest(one), dist: { tarball: url + pathOf(one), integrity: integrity(one.tarball) } }])),
      }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const url = `http://${host}`
  return {
    host,
    url,
    asked,
    lock: (name) =>
      JSON.stringify({
        name,
        version: '1.0.0',
        lockfileVersion: 3,
        packages: {
          '': { name, version: '1.0.0', dependencies: Object.fromEntries(packed.map((one) => [one.name, one.version])) },
          ...Object.fromEntries(
            packed.map((one) => [
              `node_modules/${one.name}`,
              { version: one.version, resolved: url + pathOf(one), integrity: integrity(one.tarball), ...(scripted(one) ? { hasInstallScript: true } : {}) },
            ]),
          ),
        },
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function manifest({ name, version, files }: Published): Record<string, unknown> {
  const own: Record<string, unknown> = JSON.parse(files['package.json'] ?? '{}')
  return { name, version, ...own }
}

function scripted(one: Published): boolean {
  return 'scripts' in manifest(one)
}

function pathOf({ name, version }: Published): string {
  return `/${name}/-/${name}-${version}.tgz`
}

function integrity(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

async function packedUp(one: Published): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-pack-'))
  try {
    await mkdir(join(dir, 'package'))
    for (const [path, text] of Object.entries({ ...one.files, 'package.json': JSON.stringify(manifest(one)) })) await writeFile(join(dir, 'package', path), text)
    await promisify(execFile)('tar', ['-czf', 'package.tgz', 'package'], { cwd: dir })
    return await readFile(join(dir, 'package.tgz'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
