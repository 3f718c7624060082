import type { Cause } from '../outcomes.ts'

const loading =
  /Cannot find (module|package)|ERR_MODULE_NOT_FOUND|does not provide an export named|ModuleNotFoundError|ImportError|cannot import name|No module named|Failed to (load|resolve)|could not compile|\[(build|setup) failed\]|undefined reference to|unresolved import|ClassNotFoundException|cannot load such file|Failed to import/
const missing =
  /is not a (function|constructor)|is not defined|has no attribute|NameError|NoMethodError|undefined (method|function|local variable)|undefined: |command not found|unexpected keyword argument/
const assertion = /AssertionError|ERR_ASSERTION|AssertionFailed|expect\(|Expected|expected|assert(ion)?\b|\bwant\b|not equal|!=/

/** From what a runner printed of a failed test. Where it printed nothing, the test itself said no. */
export function causeIn(detail: string): Cause {
  if (detail.trim() === '') return 'assertion'
  if (/AssertionError|ERR_ASSERTION/.test(detail)) return 'assertion'
  if (loading.test(detail)) return 'loading'
  if (missing.test(detail)) return 'missing'
  return assertion.test(detail) ? 'assertion' : 'error'
}

/** Does the output of a red run speak of nothing but files and names that are not there? */
export function speaksOfLoading(output: string): boolean {
  return loading.test(output) || /command not found|No such file|Missing script|no such file or directory/i.test(output)
}
