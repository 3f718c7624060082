import type { PictureSize, PictureType } from './pictures.ts'

export type Format = { is: 'picture'; type: PictureType; size: PictureSize } | { is: 'other'; looks: string }

/**
 * What a file is, by its bytes and nothing else: nobody's word for it counts, neither a name nor a header. A picture that is
 * cut off or has no size is none, since the models refuse a whole request for one that they cannot read.
 */
export function formatOf(bytes: Uint8Array): Format {
  for (const [type, starts, sizeOf] of formats) {
    if (!starts(bytes)) continue
    const size = sizeOf(bytes)
    return size && size.width > 0 && size.height > 0 ? { is: 'picture', type, size } : { is: 'other', looks: `a broken ${type.slice(6)} file` }
  }
  return { is: 'other', looks: looksLike(bytes) }
}

type SizeOf = (bytes: Uint8Array) => PictureSize | null

const formats: readonly [PictureType, (bytes: Uint8Array) => boolean, SizeOf][] = [
  ['image/png', (b) => has(b, 0, '\x89PNG\r\n\x1a\n'), png],
  ['image/jpeg', (b) => has(b, 0, '\xff\xd8\xff'), jpeg],
  ['image/gif', (b) => has(b, 0, 'GIF87a') || has(b, 0, 'GIF89a'), gif],
  ['image/webp', (b) => has(b, 0, 'RIFF') && has(b, 8, 'WEBP'), webp],
]

/** IHDR first, whole chunks behind it, some data among them, IEND at the end. */
function png(b: Uint8Array): PictureSize | null {
  if (!has(b, 12, 'IHDR')) return null
  let data = false
  for (let at = 8; at + 12 <= b.length; at += 12 + u32(b, at)) {
    if (has(b, at + 4, 'IDAT')) data = true
    if (has(b, at + 4, 'IEND')) return data ? { width: u32(b, 16), height: u32(b, 20) } : null
  }
  return null
}

/** The first frame header; segment by segment, up to the scan. The end mark stands near the end. */
function jpeg(b: Uint8Array): PictureSize | null {
  if (!endsWithMark(b)) return null
  let at = 2
  while (at + 9 < b.length) {
    if (b[at] !== 0xff) return null
    const mark = b[at + 1] ?? 0
    if (mark === 0xff) at += 1
    else if (frames.has(mark)) return { width: u16(b, at + 7), height: u16(b, at + 5) }
    else if (mark === 0xda) return null
    else at += 2 + u16(b, at + 2)
  }
  return null
}

const frames = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])

/** Cameras pad behind it. */
function endsWithMark(b: Uint8Array): boolean {
  for (let at = b.length - 2; at >= Math.max(2, b.length - 65_536); at--) if (b[at] === 0xff && b[at + 1] === 0xd9) return true
  return false
}

function gif(b: Uint8Array): PictureSize | null {
  return b.length > 13 && b.lastIndexOf(0x3b) > 13 ? { width: little16(b, 6), height: little16(b, 8) } : null
}

function webp(b: Uint8Array): PictureSize | null {
  if (b.length < 30 || little32(b, 4) + 8 > b.length) return null
  if (has(b, 12, 'VP8X')) return { width: 1 + little24(b, 24), height: 1 + little24(b, 27) }
  if (has(b, 12, 'VP8 ')) return { width: little16(b, 26) & 0x3fff, height: little16(b, 28) & 0x3fff }
  if (!has(b, 12, 'VP8L') || b[20] !== 0x2f) return null
  const bits = little32(b, 21)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

/** For people, who wonder why a picture was not taken. */
function looksLike(b: Uint8Array): string {
  if (b.length === 0) return 'empty'
  const head = String.fromCharCode(...b.subarray(0, 512))
    .trimStart()
    .toLowerCase()
  if (head.includes('<svg')) return 'SVG'
  if (head.startsWith('<!doctype html') || head.startsWith('<html')) return 'a web page'
  if (head.startsWith('version https://git-lfs')) return 'a pointer of git LFS'
  if (head.startsWith('%pdf')) return 'PDF'
  if (head.startsWith('bm')) return 'BMP'
  if (has(b, 0, 'II*\0') || has(b, 0, 'MM\0*')) return 'TIFF'
  if (has(b, 4, 'ftyp')) return has(b, 8, 'avif') ? 'AVIF' : has(b, 8, 'hei') || has(b, 8, 'mif1') ? 'HEIC' : 'a video'
  return 'no picture'
}

function has(b: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (b[at + i] !== text.charCodeAt(i)) return false
  return true
}

function u16(b: Uint8Array, at: number): number {
  return ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0)
}

function u32(b: Uint8Array, at: number): number {
  return u16(b, at) * 65_536 + u16(b, at + 2)
}

function little16(b: Uint8Array, at: number): number {
  return (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8)
}

function little24(b: Uint8Array, at: number): number {
  return little16(b, at) | ((b[at + 2] ?? 0) << 16)
}

function little32(b: Uint8Array, at: number): number {
  return little16(b, at) + little16(b, at + 2) * 65_536
}
