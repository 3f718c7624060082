import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['bin', 'scripts', 'src', 'support', 'test']
const RULES = [
  [/[ \t]+$/, 'trailing blanks'],
  [/\t/, 'a tab'],
  [/^\s*var /, 'var instead of const or let'],
  [/^\s*debugger\b/, 'a debugger statement'],
  [/\b(test|describe)\.only\(/, 'a test that runs alone'],
]

const sources = ['server.js', ...FOLDERS.filter((folder) => existsSync(folder)).flatMap(javaScript)]
const problems = [...sources.flatMap(style), ...sources.filter((file) => !file.includes('/') || file.startsWith('bin/')).flatMap(syntax)]

console.log(problems.length === 0 ? `lint: ${sources.length} files, clean` : problems.join('\n'))
process.exitCode = problems.length === 0 ? 0 : 1

function javaScript(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name))
}

function style(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, i) => RULES.filter(([rule]) => rule.test(line)).map(([, name]) => `${file}:${i + 1} ${name}`))
}

/** Of what no test imports. */
function syntax(file) {
  try {
    execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' })
    return []
  } catch (error) {
    return [`${file} ${String(error.stderr).trim().split('\n').at(-1)}`]
  }
}
