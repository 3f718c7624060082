import { z } from 'zod'

const Block = z.looseObject({ type: z.string() })
const Content = z.union([z.string(), z.array(Block)])

/** What this server reads of a Messages request; the rest passes by. */
export const MessagesRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  system: Content.optional(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content: Content })).min(1),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
})
export type MessagesRequest = z.infer<typeof MessagesRequest>
export type Content = z.infer<typeof Content>

/** One run as its requests show it. */
export interface Brief {
  /** The id of the run, such as `81234-7.build.f1.a1`; empty when the request carries none. */
  run: string
  /** The first line of the system prompt. */
  heading: string
  /** The first message: what the agent was asked. */
  message: string
  tools: string[]
}

export function briefOf(request: MessagesRequest): Brief {
  const system = textOf(request.system ?? '')
  return {
    run: request.metadata?.user_id ?? '',
    heading: system.trimStart().split('\n')[0] ?? '',
    message: textOf(request.messages[0]?.content ?? ''),
    tools: (request.tools ?? []).map((tool) => tool.name),
  }
}

/** What stands between `<name>` and `</name>` in the message; empty where there is nothing or the word "none". */
export function section(brief: Brief, name: string): string {
  const open = `<${name}>\n`
  const from = brief.message.indexOf(open)
  if (from < 0) return ''
  const rest = brief.message.slice(from + open.length)
  // A diff may hold anything, and stands last.
  const to = name === 'diff' ? rest.lastIndexOf(`</${name}>`) : rest.indexOf(`</${name}>`)
  const text = (to < 0 ? rest : rest.slice(0, to)).trim()
  return text === 'none' ? '' : text
}

/** The JSON of a section, if it has the expected shape; undefined otherwise. */
export function sectionAs<T>(brief: Brief, name: string, schema: z.core.$ZodType<T>): T | undefined {
  try {
    return z.parse(schema, JSON.parse(section(brief, name)))
  } catch {
    return undefined
  }
}

export function textOf(content: Content): string {
  if (typeof content === 'string') return content
  return content.map((block) => (typeof block['text'] === 'string' ? block['text'] : '')).join('\n')
}

export function blocksOf(content: Content): z.infer<typeof Block>[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}
