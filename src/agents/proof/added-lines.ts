import { linesMarked } from '../diff-lines.ts'
import { isSource } from './kinds.ts'

/** Lines of code that a unified diff adds, by file and by their number in the new version. */
export function addedLines(diff: string): Map<string, number[]> {
  return new Map([...linesMarked(diff, ['+'])].filter(([path]) => isSource(path)))
}
