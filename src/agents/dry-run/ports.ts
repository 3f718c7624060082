import type { Sandbox } from '../../ports/sandbox.ts'

/** TCP ports on which something listens beside the product's own; helps whoever wrote down the wrong one. */
export async function listeningPorts(sandbox: Sandbox, signal: AbortSignal): Promise<number[]> {
  const seen = await sandbox.exec({ argv: ['bash', '-c', 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null'], timeout_ms: 10_000, output_limit_bytes: 200_000 }, signal)
  const listening = '0A'
  const ports = seen.stdout.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const port = parseInt(local.split(':').at(-1) ?? '', 16)
    return state === listening && port > 0 ? [port] : []
  })
  return [...new Set(ports)].sort((a, b) => a - b)
}
