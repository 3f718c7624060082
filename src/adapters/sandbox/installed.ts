import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

import type { SandboxOptions } from './options.ts'

/** What of this package and its tools has to be seen inside. */
export interface Installed {
  /** Bound read-only, host path to inside path. Ours lie in /opt: the host's own places may be below /work or /tmp. */
  binds: [host: string, inside: string][]
  supervisor: { host: string; inside: string }
  node: { host: string; inside: string }
  chromium?: string
}

const BROWSERS = ['/usr/lib/chromium/chromium', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome']

export function installed(options: SandboxOptions): Installed {
  const inside = join(options.package_root, 'dist/adapters/sandbox/inside')
  const require = createRequire(join(options.package_root, 'package.json'))
  const packages = ['playwright-core', '@xterm/headless']
  const chromium = options.chromium ?? BROWSERS.find((path) => existsSync(path))
  const node = realpathSync(options.node)
  const prefix = dirname(dirname(node))
  const foreign = !underUsr(node)
  return {
    binds: [
      [inside, '/opt/missions/inside'],
      // It says that the files beside it are modules.
      [join(options.package_root, 'package.json'), '/opt/missions/package.json'],
      ...packages.map((name): [string, string] => [dirname(require.resolve(`${name}/package.json`)), `/opt/missions/node_modules/${name}`]),
      // The folder above bin, for npm lives beside node in lib.
      ...(foreign ? [[prefix, '/opt/node'] satisfies [string, string]] : []),
      ...[...options.extra_readonly, ...browserFolders(chromium)].map((path): [string, string] => [path, path]),
    ],
    supervisor: { host: join(inside, 'supervisor.js'), inside: '/opt/missions/inside/supervisor.js' },
    node: { host: node, inside: foreign ? join('/opt/node', relative(prefix, node)) : node },
    ...(chromium === undefined ? {} : { chromium }),
  }
}

function browserFolders(chromium: string | undefined): string[] {
  if (chromium === undefined || !existsSync(chromium)) return []
  const folders = [dirname(chromium), dirname(realpathSync(chromium))]
  return [...new Set(folders)].filter((path) => !underUsr(path))
}

function underUsr(path: string): boolean {
  return path === '/usr' || path.startsWith('/usr/')
}
