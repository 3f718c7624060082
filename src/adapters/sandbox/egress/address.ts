import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

import { isLoopbackName, type Allowed } from './registries.ts'

/** An address that may be dialled, or why none may. What is dialled is what was looked at: a name is not resolved twice. */
export async function addressOf(entry: Allowed, signal?: AbortSignal): Promise<{ address: string } | { refused: string }> {
  const found = isIP(entry.host) === 0 ? await resolved(entry.host, signal) : [entry.host]
  if (found === null) return { refused: `${entry.host} has no address here` }
  const address = found.find((one) => mayBeDialled(one, entry))
  if (address !== undefined) return { address }
  return { refused: `${entry.host} leads to ${found.join(', ')}, ${entry.named ? 'where no registry is' : 'inside a private network; name the host in MISSIONS_REGISTRIES if that is meant'}` }
}

/** Nothing but what an operator named is inside a private network; nothing but what is called so is this machine. */
function mayBeDialled(address: string, entry: Allowed): boolean {
  const ip = unmapped(address)
  const kind = isIP(ip) === 6 ? 'ipv6' : 'ipv4'
  if (never.check(ip, kind)) return false
  if (loopback.check(ip, kind)) return entry.named && isLoopbackName(entry.host)
  return entry.named || !inside.check(ip, kind)
}

async function resolved(host: string, signal?: AbortSignal): Promise<string[] | null> {
  signal?.throwIfAborted()
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.length === 0 ? null : found.map(({ address }) => address)
}

/** ::ffff:10.0.0.1 is 10.0.0.1, in whatever way it is written. */
function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (dotted?.[1] !== undefined) return dotted[1]
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address)
  if (hex?.[1] === undefined || hex[2] === undefined) return address
  const [high, low] = [Number.parseInt(hex[1], 16), Number.parseInt(hex[2], 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function listed(...ranges: string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', bits = ''] = range.split('/')
    list.addSubnet(net, Number(bits), net.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}

// Link-local holds the metadata services of clouds.
const never = listed('0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'fe80::/10', 'ff00::/8')
const loopback = listed('127.0.0.0/8', '::1/128')
const inside = listed('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7', 'fec0::/10', '64:ff9b::/96', '2002::/16')
