import type { Place } from '../../domain/notes.ts'
import type { Tree } from '../../ports/workspaces.ts'

/** What is wrong with places that an explorer names: each is a file of the repository that has that line. */
export async function placeProblems(places: readonly Place[], tree: Tree): Promise<string[]> {
  const known = new Set(tree.paths)
  const problems: string[] = []
  for (const { path, line } of places) {
    const name = path.replace(/^(?:\/work\/|\.\/)/, '')
    if (name !== path && known.has(name)) problems.push(`${path}: name it from the repository's root, as ${name}.`)
    else if (!known.has(path)) problems.push(`${path} is no file of the repository; name a file that you read, from the repository's root.`)
    else {
      const text = await tree.text(path)
      const lines = text === null ? null : text.replace(/\n$/, '').split('\n').length
      if (lines !== null && line > lines) problems.push(`${path} has ${lines} ${lines === 1 ? 'line' : 'lines'}, and you name line ${line}; look again where it stands.`)
    }
  }
  return problems
}
