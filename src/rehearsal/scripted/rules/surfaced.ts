import { isCode, isTest, type Rule } from './rule.ts'

const NOTHING = String.raw`(?:\{\s*\}|undefined|null|false|true|0|\[\]|''|""|\(\{\}\))`
const swallowing = new RegExp(String.raw`\.catch\(\s*(?:async\s*)?(?:\(\s*\w*\s*\)|\w+)\s*=>\s*${NOTHING}\s*\)`)
const emptyBlock = /\bcatch\s*(\(\s*\w+\s*\))?\s*\{\s*\}/
const opened = /\bcatch\s*(\(\s*\w+\s*\))?\s*\{\s*$/

/** An error that nobody can handle is not turned into an answer that looks right. */
export const surfaced: Rule = {
  name: 'no swallowed error',
  severity: 'blocking',
  objection({ path, text, below }) {
    if (!isCode(path) || isTest(path)) return null
    const blank = opened.test(text) && new RegExp(String.raw`^\s*(\}|return(\s+${NOTHING})?\s*;?)$`).test(below)
    if (!swallowing.test(text) && !emptyBlock.test(text) && !blank) return null
    return 'Every error is swallowed here, whatever it is: a broken or unreadable file looks like an empty one, the person is told something untrue and nobody learns why. Handle the one case that is expected, and let the others be seen.'
  },
}
