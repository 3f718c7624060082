import { z } from 'zod'
import type { Usage } from '../domain/event.ts'
import type { Shown } from '../domain/shown.ts'
import type { ImageBlock, TextBlock, ToolSpec } from '../ports/model.ts'
import { SandboxFileError, SandboxRefused } from '../ports/sandbox.ts'
import { inputSchema } from './schema.ts'

/** A call is prepared (its input checked), executed, and finalised (its answer capped). Failure is an answer. */
export interface Tool {
  spec: ToolSpec
  /** `some`: begun and never answered, it is not run again blindly when the run resumes. */
  effects: 'none' | 'some'
  prepare(input: unknown): { ok: true; execute(call: Call): Promise<ToolAnswer> } | { ok: false; problem: string }
}

export interface Call {
  id: string
  /** The how-manieth call of this tool in the run, from 1; the same after a resume. */
  ordinal: number
  signal: AbortSignal
}

export interface ToolAnswer {
  content: (TextBlock | ImageBlock)[]
  ok: boolean
  /** Exit code, where the tool ran a command. */
  exit?: number | null
  /** The assertion that a call was for. */
  assertion?: string
  /** Where in the sandbox the whole output is, when this holds only its head and tail. */
  file?: string
  /** What a user's tool showed of the product. */
  shown?: Shown
  /** On which commit, and whether the product was up when the call was made. */
  on?: { sha: string; up: boolean }
  /** What a subagent used. */
  usage?: Usage
}

export function tool<I>(made: { name: string; description: string; input: z.core.$ZodType<I>; effects: Tool['effects']; execute(input: I, call: Call): Promise<ToolAnswer> }): Tool {
  return {
    spec: { name: made.name, description: made.description, input_schema: inputSchema(made.input) },
    effects: made.effects,
    prepare(input) {
      const parsed = z.safeParse(made.input, input)
      if (!parsed.success) return { ok: false, problem: `The input of ${made.name} does not fit its schema:\n${z.prettifyError(parsed.error)}` }
      return { ok: true, execute: async (call) => finalise(await made.execute(parsed.data, call).catch(asAnswer)) }
    },
  }
}

export function said(text: string, more: Omit<ToolAnswer, 'content' | 'ok'> = {}): ToolAnswer {
  return { content: [{ type: 'text', text }], ok: true, ...more }
}
export function failed(text: string, more: Omit<ToolAnswer, 'content' | 'ok'> = {}): ToolAnswer {
  return { content: [{ type: 'text', text }], ok: false, ...more }
}

const limit_chars = 24_000

/** Head and tail of a long text; what is missing is named. */
export function capped(text: string, limit = limit_chars, where?: string): string {
  if (text.length <= limit) return text
  const head = text.slice(0, Math.floor(limit * 0.6))
  const tail = text.slice(text.length - Math.floor(limit * 0.4))
  return `${head}\n[… ${text.length - head.length - tail.length} characters left out${where === undefined ? '' : `; ${where}`} …]\n${tail}`
}

function finalise(answer: ToolAnswer): ToolAnswer {
  const content = answer.content.map((block) => (block.type === 'text' ? { ...block, text: capped(block.text) || '(nothing)' } : block))
  return { ...answer, content }
}

function asAnswer(error: unknown): ToolAnswer {
  if (error instanceof SandboxFileError || error instanceof SandboxRefused) return failed(error.message)
  throw error
}
