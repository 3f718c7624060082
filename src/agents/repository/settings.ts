import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import { namesAt, SettingsFile, settingsOf, settingsPath } from '../../domain/settings.ts'
import type { Settings } from '../../domain/settings.ts'

/** Reads `.github/missions.yml`. What cannot be used is told with its line, and then nothing of the file is used. */
export function readSettings(text: string): Settings {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const broken = document.errors.map((error) => problem(lines.linePos(error.pos[0]).line, `is not valid YAML here: ${error.message}`))
  visit(document, {
    Alias: (_, alias) => void broken.push(problem(lines.linePos(alias.range?.[0] ?? 0).line, `*${alias.source} repeats another value; write the value out.`)),
  })
  if (broken.length > 0) return unusable(broken.slice(0, 5))
  // A file of comments only says nothing.
  const file = SettingsFile.safeParse(document.toJS() ?? {})
  if (file.success) return settingsOf(file.data)
  return unusable(file.error.issues.slice(0, 5).map((issue) => problem(lineOf(document, issue, lines), sentence(issue))))
}

function unusable(problems: string[]): Settings {
  return { procedures: {}, boundaries: [], problems }
}

function problem(line: number, what: string): string {
  return `${settingsPath}, line ${line}: ${what}`
}

/** The line of what an issue speaks of, or of the nearest thing around it. */
function lineOf(document: Document, issue: z.core.$ZodIssue, lines: LineCounter): number {
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : []
  const path = [...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step)), ...(unknown === undefined ? [] : [unknown])]
  for (let length = path.length; length > 0; length--) {
    const around = document.getIn(path.slice(0, length - 1), true) ?? document.contents
    const key = isMap(around) ? around.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(path[length - 1]))?.key : undefined
    const node = isScalar(key) ? key : document.getIn(path.slice(0, length), true)
    const range = isScalar(node) ? node.range : undefined
    if (range) return lines.linePos(range[0]).line
  }
  return 1
}

function sentence(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') return `${[where, issue.keys[0]].filter(Boolean).join('.')} is not known; here may stand ${namesAt(issue.path).join(', ')}.`
  return `${where === '' ? 'the file' : where} is not as it should be: ${issue.message.toLowerCase()}.`
}
