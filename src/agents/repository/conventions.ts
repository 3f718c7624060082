import type { Tree } from '../../ports/workspaces.ts'

const guide = /(?:^|\/)(?:AGENTS|CLAUDE)\.md$/i
const root = /^(?:CONTRIBUTING\.md|\.github\/CONTRIBUTING\.md|docs\/CONTRIBUTING\.md|\.github\/copilot-instructions\.md|CONVENTIONS\.md)$/i
const skill = /^\.(?:factory|agents|claude)\/skills\/[^/]+\/SKILL\.md$/

const whole_chars = 14_000
const one_chars = 6_000

/**
 * What a repository tells those who work on it: the guides nearest to the touched paths first, then those of the root and
 * its contribution guide, within a size; skills by name and description, for whoever wants to read one.
 */
export async function conventionsText(tree: Tree, touches: readonly string[]): Promise<string> {
  const guides = tree.paths.filter((path) => guide.test(path) && holds(folderOf(path), touches)).toSorted((a, b) => folderOf(b).length - folderOf(a).length)
  const parts: string[] = []
  let room = whole_chars
  for (const path of [...guides, ...tree.paths.filter((name) => root.test(name))]) {
    const text = (await tree.text(path))?.trim()
    if (!text) continue
    const shown = cut(text, Math.min(one_chars, room))
    if (shown === '') break
    parts.push(`${path}:\n${shown}`)
    room -= shown.length
  }
  const skills = await Promise.all(
    tree.paths
      .filter((path) => skill.test(path))
      .slice(0, 20)
      .map(async (path) => `- ${path}: ${described((await tree.text(path)) ?? '')}`),
  )
  if (skills.length > 0) parts.push(`Skills, to be read where they fit the work:\n${skills.join('\n')}`)
  return parts.join('\n\n')
}

/** A guide speaks for its folder and all below it; one deep inside what is touched speaks, too. */
function holds(folder: string, touches: readonly string[]): boolean {
  return folder === '' || touches.some((path) => path.startsWith(folder) || (path.endsWith('/') && folder.startsWith(path)))
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function described(text: string): string {
  const line = /^description:\s*(.+)$/m.exec(text)?.[1] ?? text.split('\n').find((one) => one.trim() !== '' && !/^(?:---|#)/.test(one)) ?? ''
  return line.trim().slice(0, 200)
}

/** At a line's end, saying so. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  if (limit < 400) return ''
  const kept = text.slice(0, limit - 40)
  return `${kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0) || kept.length)}\n[the rest is in the file]`
}
