import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { formatOf } from '../domain/picture-format.ts'
import { picturesIn } from '../domain/pictures.ts'
import { Limits } from '../domain/policy.ts'
import { pictureNotice } from '../domain/views/local.ts'

export interface BriefPlace {
  /** Where the brief's file lies. */
  dir: string
  repo: string
}

export interface Illustrated {
  body: string
  /** What could not be had, and why; the mission goes on without it. */
  notices: string[]
}

type Attach = (file: { name: string; bytes: Uint8Array }) => Promise<string>

/** The files that a brief shows become attachments, as if they had been dropped into the issue: their addresses take the place of the paths. */
export async function illustrated(text: string, place: BriefPlace, attach: Attach): Promise<Illustrated> {
  let body = text
  const notices: string[] = []
  for (const address of picturesIn(text)) {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(address)) continue
    const found = await fileOf(address, place)
    if ('problem' in found) notices.push(pictureNotice(address, found.problem))
    else body = shownBy(body, address, await attach(found))
  }
  return { body, notices }
}

/** Beside the brief, else in the repository; nothing from elsewhere, whatever links lead there. */
async function fileOf(address: string, { dir, repo }: BriefPlace): Promise<{ name: string; bytes: Uint8Array } | { problem: string }> {
  const limit_bytes = Limits.parse({}).picture_bytes
  const roots = [await realpath(dir), await realpath(repo)]
  for (const from of [dir, repo]) {
    const path = await realpath(resolve(from, plain(address))).catch(() => null)
    if (path === null) continue
    if (!roots.some((root) => path === root || path.startsWith(join(root, sep)))) return { problem: 'it lies neither beside the brief nor in the repository' }
    const { size, isFile } = await kindOf(path)
    if (!isFile) return { problem: 'it is no file' }
    if (size > limit_bytes) return { problem: `it is larger than ${limit_bytes / 1_000_000} MB` }
    const bytes = await readFile(path)
    const format = formatOf(bytes)
    return format.is === 'picture' ? { name: basename(path), bytes } : { problem: `it is ${format.looks}; PNG, JPEG, GIF and WebP can be seen` }
  }
  return { problem: 'there is no such file, neither beside the brief nor in the repository' }
}

/** A pipe would be waited for. */
async function kindOf(path: string): Promise<{ size: number; isFile: boolean }> {
  const found = await stat(path)
  return { size: found.size, isFile: found.isFile() }
}

function plain(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}

/** Only where it is shown: the same words elsewhere stay. */
function shownBy(body: string, address: string, url: string): string {
  const literal = address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return body.replace(new RegExp(`(\\]\\(\\s*<?|\\bsrc\\s*=\\s*["']?|\\]:\\s*<?)${literal}(?=[\\s)>"']|$)`, 'gm'), (_, before: string) => `${before}${url}`)
}
