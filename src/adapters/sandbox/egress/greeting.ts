/** The name that a TLS client asks for in its first words; null: there is none; `more`: they are not all there yet. */
export function nameAsked(bytes: Buffer): { name: string | null } | 'more' | 'not tls' {
  if (bytes.length < 6) return bytes.length > 0 && bytes[0] !== 22 ? 'not tls' : 'more'
  if (bytes[0] !== 22 || bytes[1] !== 3 || bytes[5] !== 1) return 'not tls'
  const length = bytes.readUInt16BE(3)
  if (bytes.length < 5 + length) return 'more'
  try {
    return { name: serverName(bytes.subarray(5, 5 + length)) }
  } catch {
    return 'not tls'
  }
}

/** RFC 8446, 4.1.2: version and random, three lists, then the extensions. */
function serverName(hello: Buffer): string | null {
  let at = 4 + 2 + 32
  at += 1 + hello.readUInt8(at)
  at += 2 + hello.readUInt16BE(at)
  at += 1 + hello.readUInt8(at)
  const end = at + 2 + hello.readUInt16BE(at)
  for (at += 2; at + 4 <= end;) {
    const [kind, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)]
    // A list with one entry: two bytes for the list, one for the kind of name, two for its length.
    if (kind === 0) return hello.toString('latin1', at + 9, at + 9 + hello.readUInt16BE(at + 7)).toLowerCase()
    at += 4 + length
  }
  return null
}
