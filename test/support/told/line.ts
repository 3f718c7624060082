import { parse } from 'yaml'
import { z } from 'zod'

/** `< Type word word {more: as YAML}` */
export interface Line {
  type: string
  words: string[]
  /** All behind the type and the first word, as it was written. */
  text: string
  more: Record<string, unknown>
}

const More = z.record(z.string(), z.unknown())

export function readLine(written: string): Line {
  const [, head = '', braces] = /^(.*?)(?:\s(\{.*\}))?$/.exec(written) ?? []
  const [type = '', ...words] = head.trim().split(/\s+/)
  return { type, words, text: head.trim().split(/\s+/).slice(2).join(' '), more: braces ? More.parse(parse(braces)) : {} }
}

/** A text or a list of texts under a name; nothing where it is not there. */
export function textsOf(line: Line, name: string): string[] {
  const value = line.more[name]
  return value === undefined ? [] : z.array(z.string()).parse(Array.isArray(value) ? value : [value])
}

export function textOf(line: Line, name: string): string | undefined {
  return textsOf(line, name)[0]
}
