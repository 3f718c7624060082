import { isCode, isTest, type Rule } from './rule.ts'

/** Secrets and what people sent stay out of logs. */
export const discreet: Rule = {
  name: 'no secret in a log',
  severity: 'blocking',
  objection({ path, text }) {
    if (!isCode(path) || isTest(path)) return null
    const logged = /\bconsole\.\w+\((.*)\)/.exec(text)?.[1] ?? ''
    if (!/password|passwd|secret|token|authori[sz]ation|cookie|\.headers\b|process\.env\b(?!\.PORT)/i.test(logged)) return null
    return 'This writes a secret, or what may hold one, into the log, where it stays and where others read it. Log what happened, not with which credentials.'
  },
}

/** Text never becomes code or a shell command. */
export const inert: Rule = {
  name: 'no text run as code',
  severity: 'blocking',
  objection({ path, text }) {
    if (!isCode(path)) return null
    if (!/\bexec(Sync)?\(\s*`[^`]*\$\{|\beval\(|\bnew Function\(/.test(text)) return null
    return 'Text is run as code or as a shell command here: whoever controls a part of it controls the machine. Pass arguments as a list to execFile or spawn.'
  },
}

/** A change brings no test that runs alone or not at all. */
export const wholeSuite: Rule = {
  name: 'every test runs',
  severity: 'blocking',
  objection({ path, text }) {
    if (!isTest(path) || !/\b(test|it|describe)\.(only|skip|todo)\(|\{\s*(only|skip|todo):/.test(text)) return null
    return 'This test runs alone or is left out, so the suite is green without having looked. Remove the mark.'
  },
}

export const finished: Rule = {
  name: 'nothing left for later',
  severity: 'suggestion',
  objection({ path, text }) {
    return isCode(path) && /\b(TODO|FIXME|XXX)\b/.test(text) ? 'A note to do something later. Do it, or open an issue where somebody will see it.' : null
  },
}
