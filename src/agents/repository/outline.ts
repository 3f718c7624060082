import type { Tree } from '../../ports/workspaces.ts'
import { capped } from '../tool.ts'

const most_paths = 200
const guide_chars = 6_000
const guides = /^(?:AGENTS\.md|README(?:\.md|\.rst|\.txt)?)$/i

/** What everybody who is new to a repository looks at first, so that it costs no turn: its paths, its guides. */
export async function outlineOf(tree: Tree): Promise<string> {
  const shown = tree.paths.slice(0, most_paths)
  const more = tree.paths.length - shown.length
  const texts = await Promise.all(tree.paths.filter((path) => guides.test(path)).map(async (path) => `--- ${path} ---\n${capped((await tree.text(path)) ?? '', guide_chars, 'read the file for it')}`))
  return [`${tree.paths.length} files:`, ...shown, ...(more > 0 ? [`[and ${more} more]`] : []), '', ...texts].join('\n').trimEnd()
}
