import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { answerNames } from './answers.ts'
import { tiers } from './config.ts'

const FrontMatter = z.strictObject({
  role: z.enum(['orchestrator', 'worker', 'scrutiny', 'user-testing', 'explorer']),
  task: z.string(),
  model: z.enum(tiers),
  effort: z.enum(['low', 'medium', 'high']),
  schema: z.enum(answerNames),
  variables: z.array(z.string().regex(/^[a-z_]+$/)),
})

export interface Prompt extends z.infer<typeof FrontMatter> {
  system: string
  message: string
}

/** By `<role>/<task>`. */
export type Prompts = ReadonlyMap<string, Prompt>

export class PromptProblem extends Error {}

/** Reads and checks all prompts of a folder; throws on the first that is not sound. */
export async function readPrompts(dir: string): Promise<Prompts> {
  const partials = new Map(await Promise.all((await markdown(path.join(dir, 'partials'))).map(async (file) => [path.basename(file, '.md'), await readFile(file, 'utf8')] as const)))
  const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory() && entry.name !== 'partials')
  const files = (await Promise.all(folders.map((folder) => markdown(path.join(dir, folder.name))))).flat()
  const prompts = await Promise.all(files.map(async (file) => parsePrompt(path.relative(dir, file).replace(/\.md$/, ''), await readFile(file, 'utf8'), partials)))
  return new Map(prompts.map((prompt) => [`${prompt.role}/${prompt.task}`, prompt]))
}

export function parsePrompt(name: string, text: string, partials: ReadonlyMap<string, string>): Prompt {
  const [, head, system, message] = /^---\n([^]*?)\n---\n([^]*?)\n---message---\n([^]*)$/.exec(text) ?? []
  if (head === undefined || system === undefined || message === undefined) throw new PromptProblem(`${name}: front matter, the system text and ---message--- are needed`)
  const front = FrontMatter.safeParse(parse(head))
  if (!front.success) throw new PromptProblem(`${name}: ${z.prettifyError(front.error)}`)
  if (name !== `${front.data.role}/${front.data.task}`) throw new PromptProblem(`${name}: says it is ${front.data.role}/${front.data.task}`)
  const whole = system.replace(/\{\{> ([a-z-]+)\}\}/g, (_, partial: string) => {
    const found = partials.get(partial)
    if (found === undefined) throw new PromptProblem(`${name}: no partial ${partial}`)
    return found.trim()
  })
  const used = variablesOf(`${whole}\n${message}`)
  const declared = new Set(front.data.variables)
  for (const variable of used) if (!declared.has(variable)) throw new PromptProblem(`${name}: {{${variable}}} is not declared`)
  for (const variable of declared) if (!used.has(variable)) throw new PromptProblem(`${name}: ${variable} is declared and not used`)
  return { ...front.data, system: `${whole.trim()}\n`, message: message.trim() }
}

/** Fills in the variables, once: what a value holds is never read as a template. Every variable needs a value, every value a variable. */
export function render(prompt: Prompt, values: Readonly<Record<string, string>>): { system: string; message: string } {
  const name = `${prompt.role}/${prompt.task}`
  for (const value of Object.keys(values)) if (!prompt.variables.includes(value)) throw new PromptProblem(`${name}: unknown variable ${value}`)
  const fill = (text: string) =>
    text.replace(variable, (_, key: string) => {
      const value = values[key]
      if (value === undefined) throw new PromptProblem(`${name}: no value for ${key}`)
      return value.trim() === '' ? 'none' : value
    })
  return { system: fill(prompt.system), message: fill(prompt.message) }
}

const variable = /\{\{([a-z_]+)\}\}/g

function variablesOf(text: string): Set<string> {
  return new Set([...text.matchAll(variable)].map((match) => match[1] ?? ''))
}

async function markdown(dir: string): Promise<string[]> {
  return (await readdir(dir))
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => path.join(dir, file))
}
