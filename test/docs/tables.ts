import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/paths.ts'

export function page(file: string): string {
  return readFileSync(join(packageRoot, file), 'utf8')
}

/** The rows of the table below a heading whose head begins with `first`, cell by cell, without the head. */
export function tableOf(markdown: string, heading: string, first: string): string[][] {
  const from = markdown.indexOf(`\n${heading}\n`)
  const lines = markdown.slice(from + 1).split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${first} |`))
  const rest = lines.slice(head + 2)
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith('|')),
  )
  if (from < 0 || head < 0 || rows.length === 0) throw new Error(`no table of ${first} below ${heading}`)
  return rows.map((row) =>
    row
      .slice(1, row.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/** What stands between backticks on a line, outside blocks of code. */
export function codes(text: string): string[] {
  return [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}
