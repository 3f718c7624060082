import { describe, expect, test } from 'vitest'
import { addedLines } from '../../src/rehearsal/scripted/diff.ts'
import { objections } from '../../src/rehearsal/scripted/rules/review.ts'
import { defectChanges, defects } from '../../src/rehearsal/story/defects.ts'
import { featureIds, solution } from '../../src/rehearsal/story/solutions.ts'
import { Tree } from './tree.ts'

const code = { asynchronous: new Set(['noteCancelled', 'save']) }

/** Which rules object to a change that adds these lines. */
function broken(path: string, ...lines: string[]): string[] {
  const diff = [`--- a/${path}`, `+++ b/${path}`, `@@ -1,0 +1,${lines.length} @@`, ...lines.map((line) => `+${line}`)].join('\n')
  return objections(diff, code).map((o) => o.rule)
}

describe('the rules of the scripted reviewer', () => {
  test.each([
    ['escaped output', 'src/pages/x.js', ['return `<p>${booking.holder}</p>`']],
    ['escaped output', 'src/pages/x.js', ['`<input value="${form.from ?? \'\'}">`']],
    ['no floating promise', 'src/x.js', ['  store.update((all) => [...all, one])']],
    ['no floating promise', 'src/x.js', ['  if (gone) noteCancelled(store, gone)']],
    ['no floating promise', 'src/x.js', ['  store.update((all) => {', '    return all', '  })']],
    ['no swallowed error', 'src/x.js', ['const all = await list().catch(() => [])']],
    ['no swallowed error', 'src/x.js', ['} catch {', '  return null', '}']],
    ['no swallowed error', 'src/x.js', ['} catch (error) {', '}']],
    ['no secret in a log', 'src/x.js', ['console.log(request.headers)']],
    ['no text run as code', 'src/x.js', ['exec(`rm ${path}`)']],
    ['every test runs', 'test/x.test.js', ["test.only('x', () => {})"]],
    ['nothing left for later', 'src/x.js', ['// TODO: the rest']],
  ])('%s: %s %j', (rule, path, lines) => {
    expect(broken(path, ...lines)).toEqual([rule])
  })

  test.each([
    ['src/pages/x.js', ['return `<p>${escapeHtml(booking.holder)}</p>`', "`<td>${rows.join('')}</td>`", 'const name = `Cancel ${booking.room}`', '`<b>${rooms.length}</b>`']],
    ['src/x.js', ['await store.update((all) => all)', 'return save(one)', 'const done = store.update(change)', 'async function save(one) {', '  update(change) {']],
    ['src/x.js', ['await Promise.all([', '  save(one),', '  save(other),', '])']],
    ['src/x.js', ['} catch (error) {', '  throw new UsageError(error.message)', '}', 'last = done.catch(report)']],
    ['bin/x.js', ['console.error(`bookings: ${error.message}`)']],
  ])('nothing to object to in %s: %j', (path, lines) => {
    expect(broken(path, ...lines)).toEqual([])
  })
})

test('a line stands where the new file has it', () => {
  const diff = `diff --git a/a.js b/a.js\nindex 1..2 100644\n--- a/a.js\n+++ b/a.js\n@@ -3,3 +3,4 @@ function x() {\n three\n-four\n+vier\n+fuenf\n six\n@@ -20 +21,2 @@\n twenty\n+more\ndiff --git a/gone.js b/gone.js\n--- a/gone.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`
  expect(addedLines(diff)).toEqual([
    { path: 'a.js', line: 4, text: 'vier', above: 'three', below: 'fuenf' },
    { path: 'a.js', line: 5, text: 'fuenf', above: 'vier', below: 'six' },
    { path: 'a.js', line: 22, text: 'more', above: 'twenty', below: '' },
  ])
})

test('the diffs of the story: each defect for reviewers is found in its file, nothing else anywhere', { timeout: 60_000 }, async () => {
  for (const { n, found_by } of [{ n: 0, found_by: null }, ...defects]) {
    await using tree = await Tree.plant()
    const seed = (await tree.git('rev-parse', 'HEAD')).trim()
    for (const id of featureIds) {
      const { tests, code: written } = solution(id, [n])
      await tree.apply(...tests, ...written)
    }
    await tree.commit('built')
    const found = objections(await tree.git('diff', seed), { asynchronous: await asynchronousIn(tree) })
    const expected = found_by?.kind === 'review' ? [[found_by.path, 'blocking']] : []
    expect(
      found.map((o) => [o.at.path, o.severity]),
      `defect ${n}`,
    ).toEqual(expected)

    if (n === 0) continue
    const { repair, tests } = defectChanges(n)
    await tree.apply(...repair, ...tests)
    await tree.commit('fixed')
    expect(objections(await tree.git('diff', seed), { asynchronous: await asynchronousIn(tree) }), `the fix of defect ${n}`).toEqual([])
  }
})

async function asynchronousIn(tree: Tree): Promise<Set<string>> {
  const lines = await tree.git('grep', '-hE', 'async function ')
  return new Set([...lines.matchAll(/async function (\w+)/g)].map((m) => m[1] ?? ''))
}
