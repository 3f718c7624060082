import { randomUUID } from 'node:crypto'
import type { Sandbox } from '../ports/sandbox.ts'
import { SandboxFileError } from '../ports/sandbox.ts'
import type { ToolAnswer } from './tool.ts'
import { capped } from './tool.ts'

/** How much of one stream a tool takes from a sandbox; of more than this even the file lacks the middle. */
export const kept_bytes = 1_000_000
const kept_chars = 1_000_000
/** Files of one sandbox; older ones go. */
const most_files = 30

/** Whole outputs of which an agent was shown head and tail: files that it can read, outside of /work, so that none is committed. */
export interface Outputs {
  /** The text where it is short enough, or little more; else its head and tail, and where the whole is. */
  shorten(text: string, limit_chars: number, name: string): Promise<Pick<ToolAnswer, 'file'> & { text: string }>
  /** Those that are there, oldest first. */
  files(): readonly string[]
}

/** One for each sandbox: its tools share the count. */
export function outputsIn(sandbox: Sandbox): Outputs {
  // A resumed run has a new sandbox, and must not take an old name for a file that is there.
  const folder = `/tmp/outputs-${randomUUID().slice(0, 8)}`
  const files: string[] = []
  return {
    files: () => [...files],
    async shorten(text, limit_chars, name) {
      // To open a file for a few lines costs a turn, more than the lines do.
      if (text.length <= limit_chars * 1.25) return { text }
      const file = `${folder}/${name}.txt`
      const whole = capped(text, kept_chars)
      // A zero byte would make it no text to who reads it.
      const bytes = new TextEncoder().encode(whole.replaceAll('\0', '\uFFFD'))
      try {
        await sandbox.writeFile(file, bytes)
      } catch (error) {
        // A full /tmp costs the file, not the answer.
        if (!(error instanceof SandboxFileError)) throw error
        return { text: capped(text, limit_chars) }
      }
      if (!files.includes(file)) files.push(file)
      const old = files.splice(0, Math.max(0, files.length - most_files))
      if (old.length > 0) await sandbox.exec({ argv: ['rm', '-f', '--', ...old], timeout_ms: 10_000, output_limit_bytes: 1_000 })
      return { text: capped(text, limit_chars, `${whole === text ? 'the whole' : 'more of it'} is in ${file}`), file }
    },
  }
}
