import { existsSync } from 'node:fs'
import { lstat, readdir, realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { allowed, isLoopbackName, type Registries } from './registries.ts'

/** Where the bundle of certificates lies that the host trusts, its own authorities among them: /etc/ssl/certs is seen inside. */
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

/** What makes package managers go through the proxy on this port of their loopback, and trust what the host trusts. */
export function clientSettings(registries: Registries, port: number): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`
  const java = `-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=${port} -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=${port}`
  // A registry on the host's loopback is reached through the proxy as well.
  const direct = allowed(registries).some(({ host }) => isLoopbackName(host)) ? '' : 'localhost,127.0.0.1,::1'
  return {
    ...Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'npm_config_proxy', 'npm_config_https_proxy', 'CARGO_HTTP_PROXY', 'PIP_PROXY'].map((name) => [name, proxy])),
    ...(direct === '' ? {} : { NO_PROXY: direct, no_proxy: direct }),
    JAVA_TOOL_OPTIONS: `${java} -Dhttp.nonProxyHosts=${direct.replaceAll(',', '|')}`,
    // Maven from 3.9 on has a transport that looks at the above only when told to.
    MAVEN_ARGS: '-Daether.transport.http.useSystemProperties=true -Daether.connector.http.useSystemProperties=true',
    NUGET_XMLDOC_MODE: 'skip',
    DOTNET_CLI_TELEMETRY_OPTOUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    ...certificates(),
    ...registries.env,
  }
}

function certificates(): Record<string, string> {
  const bundle = BUNDLES.find((path) => existsSync(path))
  if (bundle === undefined) return {}
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'CARGO_HTTP_CAINFO', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'npm_config_cafile']
  return Object.fromEntries(names.map((name) => [name, bundle]))
}

/** The clients' own files of the operator, at their places in the home inside. */
export async function clientFiles({ home }: Registries): Promise<{ path: string; host: string }[]> {
  if (home === undefined) return []
  const root = await realpath(home)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.map((host) => ({ path: host.slice(root.length + 1), host }))
}

/** Takes away the empty files over which those of the operator were seen: an empty settings file is not the same as none. */
export async function unmounted(home: string, files: readonly { path: string }[]): Promise<void> {
  const root = await realpath(home)
  for (const { path } of files) {
    // What ran there may have put a link in the way.
    const folder = await realpath(dirname(join(root, path))).catch(() => null)
    const found = await lstat(join(root, path)).catch(() => null)
    if (folder === dirname(join(root, path)) && found?.isFile() === true && found.size === 0) await rm(join(root, path))
  }
}
