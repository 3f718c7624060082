/** How git reaches a repository. `url` may also be a path of this machine, then `authorization` is empty. */
export interface Access {
  url: string
  /** Value of the Authorization header. */
  authorization: string
}

/** Takes the token of `access`, whole or in the parts git may show, out of a text. */
export function redact(text: string, access: Access | undefined): string {
  const secrets = access === undefined ? [] : secretsOf(access.authorization)
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  return clean.replace(/(https?:\/\/)[^/@\s]+@/g, '$1***@')
}

function secretsOf(authorization: string): string[] {
  const value = authorization.replace(/^\s*[A-Za-z]+\s+/, '').trim()
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  const [, password = ''] = /^[^:]*:(.+)$/s.exec(decoded) ?? []
  return [authorization.trim(), value, decoded, password].filter((secret) => secret.length >= 6).toSorted((a, b) => b.length - a.length)
}

/** Throws where the address itself would show a secret to `ps`. */
export function checkAccess(access: Access): Access {
  if (isPath(access.url)) return access
  const url = new URL(access.url)
  if (url.username !== '' || url.password !== '') throw new Error('the address of a repository holds no user and no password')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`git is not reached over ${url.protocol}`)
  return access
}

export function isPath(url: string): boolean {
  return url.startsWith('/')
}
