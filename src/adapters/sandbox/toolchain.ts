import { readFile, stat } from 'node:fs/promises'

import type { SandboxOptions } from './options.ts'

/** Changes with Node, with the system's packages and with the toolchains that are bound beside them. */
export async function toolchain({ node, extra_readonly }: SandboxOptions): Promise<string> {
  // Each installed or removed package rewrites the first; where there is no such list, its programs tell.
  const system = (await touched('/var/lib/dpkg/status')) ?? (await touched('/usr/bin')) ?? ''
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const beside = await Promise.all(extra_readonly.map(async (path) => `${path} ${(await touched(path)) ?? ''}`))
  return [node, process.version, process.arch, /^PRETTY_NAME=(.*)$/m.exec(release)?.[1] ?? '', system, ...beside].join('\n')
}

async function touched(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  return found === null ? null : `${found.size} ${found.mtimeMs}`
}
