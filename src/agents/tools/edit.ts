import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

export function editTool(sandbox: Sandbox): Tool {
  return tool({
    name: 'edit',
    description: 'Replaces one passage of a file. `old` must stand there exactly once, character for character, without line numbers; take in enough around it to make it unique.',
    input: z.strictObject({ path: z.string().min(1).max(1_000), old: z.string().min(1).max(100_000), new: z.string().max(200_000) }),
    effects: 'some',
    async execute(input) {
      if (input.old === input.new) return failed('old and new are the same.')
      const text = new TextDecoder().decode(await sandbox.readFile(input.path))
      const at = text.indexOf(input.old)
      if (at < 0) return failed(`The passage does not stand in ${input.path}. Read the file again and copy it exactly.`)
      const places = occurrences(text, input.old)
      if (places.length > 1)
        return failed(
          `The passage stands ${places.length} times in ${input.path} (lines ${places
            .slice(0, 10)
            .map((i) => lineOf(text, i))
            .join(', ')}). Take in more around it.`,
        )
      await sandbox.writeFile(input.path, new TextEncoder().encode(text.slice(0, at) + input.new + text.slice(at + input.old.length)))
      return said(`${input.path} changed at line ${lineOf(text, at)}.`)
    },
  })
}

function occurrences(text: string, passage: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(passage); at >= 0; at = text.indexOf(passage, at + 1)) places.push(at)
  return places
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
