/** The files that a sentence names. What stands in brackets, and keys of a manifest (`scripts.test`), say which part of one is meant. */
export function namedFiles(text: string): string[] {
  return text
    .replace(/\([^)]*\)/g, ' ')
    .split(/[\s,;()"'`]+/)
    .map((word) => word.replace(/[.:]+$/, '').replace(/:\d+$/, ''))
    .filter((word) => file.test(word) && !key.test(word))
}

const file = /^[\w.@/-]+\.[A-Za-z]\w*$|^(?:Makefile|Dockerfile|Procfile|justfile|Gemfile)$/
const key = /^(?:scripts|bin|engines|dependencies|devDependencies|project|tool)\./
