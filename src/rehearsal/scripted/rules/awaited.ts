import { isCode, isTest, type Rule } from './rule.ts'

const wellKnown = new Set(['appendFile', 'copyFile', 'mkdir', 'rename', 'rm', 'unlink', 'update', 'writeFile'])

/** Nothing answers before its writes are done, and no failure is lost. */
export const awaited: Rule = {
  name: 'no floating promise',
  severity: 'blocking',
  objection({ path, text, above }, { asynchronous }) {
    if (!isCode(path) || isTest(path)) return null
    const called = /^\s*(?:if \(.*\) )?((?:[\w$]+\.)*)([\w$]+)\(/.exec(text)
    const name = called?.[2]
    const declares = /\)\s*\{\s*$/.test(text) && !text.includes('=>')
    const goesOn = /(=>|[([,=+?:]|&&|\|\||\breturn|\bawait)\s*$/.test(above) || /,\s*$/.test(text)
    if (called === null || name === undefined || declares || goesOn) return null
    if (!wellKnown.has(name) && !(called[1] === '' && asynchronous.has(name))) return null
    return `\`${name}()\` answers a promise that nobody waits for. The caller is told that all went well before it did, and where it fails (a full disk, a missing folder) the rejection is unhandled and ends the whole process. Await it.`
  },
}
