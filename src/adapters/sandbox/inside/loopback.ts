/** Null for an address on loopback, else why it is refused. The network namespace refuses too; this says it in words. */
export function loopbackProblem(address: string): string | null {
  const url = parsed(address)
  if (url === null) return `not an address: ${address}`
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol} addresses are refused; only http and https to 127.0.0.1 or localhost`
  const host = url.hostname
  if (host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)) return null
  return `${host} is refused; only 127.0.0.1 and localhost can be reached from here`
}

function parsed(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}
