/** Where a picture lies, as its address says. */
export type Source =
  /** Attached by somebody; its address leads to where GitHub keeps it, for those who may see it. */
  | { is: 'attachment'; url: URL; id: string }
  /** On a host where GitHub keeps attachments. */
  | { is: 'stored'; url: URL }
  /** A file of a repository: branch, tag or commit, then the path. */
  | { is: 'file'; owner: string; repo: string; ref_and_path: string[] }
  /** A file of the mission's own repository, on its default branch. */
  | { is: 'path'; path: string }
  | { is: 'foreign'; host: string }

export interface Web {
  /** `https://github.com` */
  origin: string
  /** Hosts where GitHub keeps attachments. */
  hosts: readonly string[]
  /** The page on which the address stands. */
  page: string
}

const id = '[0-9a-fA-F]{8}-[0-9a-fA-F-]{27,40}'
const attachments = [new RegExp(`^/user-attachments/assets/(${id})$`), new RegExp(`^/[\\w.-]+/[\\w.-]+/assets/\\d+/(${id})$`), new RegExp(`^/storage/user/\\d+/files/(${id})$`)]

/** Nothing is asked here, and what is foreign is never asked for. */
export function sourceOf(address: string, web: Web): Source {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.test(address)
  const url = urlOf(address, web.page)
  if (!url || url.username !== '' || url.password !== '') return { is: 'foreign', host: '' }
  // As a file's own path, which GitHub itself would not show on an issue.
  if (!scheme && /^(?:\.\/)?[^/\\.#?]/.test(address)) return { is: 'path', path: decoded(address.replace(/^\.\//, '').replace(/[?#].*$/, '')) }
  if (url.origin === web.origin) return onOrigin(url)
  if (url.protocol !== 'https:' || url.port !== '') return { is: 'foreign', host: url.hostname || '' }
  if (web.origin === 'https://github.com' && url.hostname === 'raw.githubusercontent.com') return fileOf(url.pathname.split('/').slice(1)) ?? { is: 'foreign', host: url.hostname }
  return web.hosts.includes(url.hostname) ? { is: 'stored', url } : { is: 'foreign', host: url.hostname }
}

/** Whether an address may be asked at all: GitHub's own, or one of these hosts by TLS. */
export function isAmong(url: URL, origin: string, hosts: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false
  return url.origin === origin || (url.protocol === 'https:' && url.port === '' && hosts.includes(url.hostname))
}

function onOrigin(url: URL): Source {
  for (const form of attachments) {
    const [, found] = form.exec(url.pathname) ?? []
    if (found !== undefined) return { is: 'attachment', url, id: found }
  }
  const [, owner = '', repo = '', rest] = /^\/([^/]+)\/([^/]+)\/(?:blob|raw)\/(.+)$/.exec(url.pathname) ?? []
  return (rest === undefined ? null : fileOf([owner, repo, ...rest.split('/')])) ?? { is: 'foreign', host: url.hostname }
}

function fileOf([owner = '', repo = '', ...rest]: string[]): Source | null {
  const named = rest[0] === 'refs' && (rest[1] === 'heads' || rest[1] === 'tags') ? rest.slice(2) : rest
  return owner !== '' && repo !== '' && named.length >= 2 ? { is: 'file', owner, repo, ref_and_path: named.map(decoded) } : null
}

function urlOf(address: string, page: string): URL | null {
  try {
    return new URL(address, page)
  } catch {
    return null
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
