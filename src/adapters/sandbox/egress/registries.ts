import { isIP } from 'node:net'

/** Where set-up may fetch from, beside the public registries. */
export interface Registries {
  /** `host` or `host:port`, named by the operator. Such a host may lie in a private network. */
  named: readonly string[]
  /** Public ones that are not allowed here; `*` for all of them. */
  without: readonly string[]
  /** Told to the clients inside, such as NPM_CONFIG_REGISTRY. The hosts of addresses in it count as named. */
  env: Readonly<Record<string, string>>
  /** Host folder whose files (.npmrc, .m2/settings.xml, .cargo/config.toml …) the clients inside find in their home. */
  home?: string
}

export const publicOnly: Registries = { named: [], without: [], env: {} }

/** What may be reached. `port` null: 443, and 80 for plain HTTP. */
export interface Allowed {
  host: string
  port: number | null
  named: boolean
}

const PUBLIC = {
  npm: ['registry.npmjs.org', 'registry.yarnpkg.com'],
  python: ['pypi.org', 'files.pythonhosted.org'],
  rust: ['crates.io', 'index.crates.io', 'static.crates.io'],
  go: ['proxy.golang.org', 'sum.golang.org'],
  ruby: ['rubygems.org', 'index.rubygems.org'],
  java: ['repo.maven.apache.org', 'repo1.maven.org'],
  dotnet: ['api.nuget.org'],
  php: ['packagist.org', 'repo.packagist.org'],
}

export function allowed(registries: Registries): Allowed[] {
  const without = new Set(registries.without)
  const common = without.has('*')
    ? []
    : Object.values(PUBLIC)
        .flat()
        .filter((host) => !without.has(host))
  return [
    ...registries.named.map((entry) => ({ ...hostAndPort(entry), named: true })),
    ...Object.values(registries.env)
      .flatMap(addresses)
      .map((place) => ({ ...place, named: true })),
    ...common.map((host) => ({ host, port: null, named: false })),
  ]
}

/** What the list says about one destination; null: it is not on it. */
export function entryFor(list: readonly Allowed[], host: string, port: number): Allowed | null {
  const wanted = host.toLowerCase().replace(/\.$/, '')
  return list.find((entry) => entry.host === wanted && (entry.port === null ? port === 443 || port === 80 : port === entry.port)) ?? null
}

export function hostAndPort(entry: string): { host: string; port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry)
  const plain = /^([^:]+)(?::(\d+))?$/.exec(entry)
  const [, host, port] = bracketed ?? plain ?? [undefined, entry, undefined]
  return { host: (host ?? entry).toLowerCase(), port: port === undefined ? null : Number(port) }
}

/** GOPROXY and its like hold several. */
function addresses(value: string): { host: string; port: number | null }[] {
  return value.split(/[\s,|]+/).flatMap((word) => {
    const url = URL.canParse(word) ? new URL(word) : null
    if (url === null || !/^https?:$/.test(url.protocol)) return []
    const host = url.hostname.replace(/^\[|\]$/g, '')
    return [{ host, port: url.port === '' ? null : Number(url.port) }]
  })
}

export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
