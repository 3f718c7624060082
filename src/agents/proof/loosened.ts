import { isTest } from './kinds.ts'

const asserts = /\b(assert\w*|expect|should|require\.\w+|verify|EXPECT_\w+|ASSERT_\w+|CHECK\w*|is\(|ok\(|like\(|t\.(Error|Fatal|Fail)\w*)\b|\bassert!?\(|\.(toBe|toEqual|to\.)\w*/
const skips =
  /\.(skip|todo|only|fixme|skipIf|runIf)\b|\b(xit|xdescribe|xtest|fit|fdescribe|pending)\(|\bskip: *(true|['"`])|\btodo: *(true|['"`])|@pytest\.mark\.(skip|skipif|xfail)|@unittest\.(skip\w*|expectedFailure)|\bpytest\.(skip|xfail)\(|@(Ignore|Disabled)\b|\bt\.Skip(f|Now)?\(|#\[ignore|# SKIP|# TODO|\bself\.skipTest\(/

interface FileDiff {
  path: string
  was: string | null
  deleted: boolean
  added: string[]
  removed: string[]
}

/** What a reviewer should look at in the changes of tests: deleted files, removed assertions, tests that no longer run or that run alone. */
export function loosened(diff: string): string[] {
  return filesIn(diff)
    .filter((file) => isTest(file.path) || (file.was !== null && isTest(file.was)))
    .flatMap((file) => {
      if (file.deleted) return [`${file.path} is deleted`]
      const removed = file.removed.filter((line) => asserts.test(line) && !file.added.some((a) => a.trim() === line.trim()))
      const skipped = file.added.filter((line) => skips.test(line) && !file.removed.some((r) => r.trim() === line.trim()))
      const shown = (lines: readonly string[]) =>
        lines
          .slice(0, 3)
          .map((line) => line.trim().slice(0, 120))
          .join(' | ')
      return [
        ...(removed.length > 0 ? [`${file.path}: ${removed.length} assertion line${removed.length > 1 ? 's' : ''} removed or changed: ${shown(removed)}`] : []),
        ...(skipped.length > 0 ? [`${file.path}: skipped, deferred or run alone: ${shown(skipped)}`] : []),
        ...(file.was !== null && isTest(file.was) && !isTest(file.path) ? [`${file.was} became ${file.path}, which is no test`] : []),
      ]
    })
    .map((line) => line.slice(0, 400))
    .slice(0, 60)
}

/** The old paths of files that were renamed. */
export function renamedFrom(diff: string): string[] {
  return filesIn(diff).flatMap((file) => file.was ?? [])
}

/** A unified diff by file. */
export function filesIn(diff: string): FileDiff[] {
  return diff
    .split(/^diff --git /m)
    .slice(1)
    .map((part) => {
      const header = part.slice(0, part.search(/^@@/m) < 0 ? undefined : part.search(/^@@/m))
      const body = part.slice(header.length).split('\n')
      const was = /^rename from (.*)$/m.exec(header)?.[1] ?? null
      const path = /^rename to (.*)$/m.exec(header)?.[1] ?? /^\+\+\+ b\/(.*)$/m.exec(header)?.[1] ?? /^--- a\/(.*)$/m.exec(header)?.[1] ?? / b\/(.*)$/m.exec(header)?.[1] ?? ''
      const lines = (sign: string) => body.filter((line) => line.startsWith(sign)).map((line) => line.slice(1))
      return { path, was, deleted: /^deleted file/m.test(header), added: lines('+'), removed: lines('-') }
    })
}
