import { parse } from '@babel/parser'
import type { ParserOptions } from '@babel/parser'

export type StubMode = 'empty' | 'throws'

/** JavaScript or TypeScript with the bodies of the functions that hold added lines taken out; exports stay. null: none could be. */
export function stubbedScript(path: string, text: string, added: readonly number[], mode: StubMode): string | null {
  const root = parsed(path, text)
  if (root === null) return null
  const bodies = bodiesWith(root, new Set(added), mode)
  if (bodies.length === 0) return null
  let out = text
  for (const { start, end, block } of bodies.toSorted((a, b) => b.start - a.start)) {
    const throwing = "{ throw new Error('taken out') }"
    out = `${out.slice(0, start)}${mode === 'throws' ? throwing : block ? '{}' : 'undefined'}${out.slice(end)}`
  }
  return out
}

export function isScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path)
}

interface Body {
  start: number
  end: number
  block: boolean
}

// What is read of a node of the parser's tree, whatever its kind.
interface Node {
  type: string
  start: number
  end: number
  loc: { start: { line: number }; end: { line: number } }
  kind?: unknown
  body?: unknown
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ObjectMethod', 'ClassMethod', 'ClassPrivateMethod'])

function parsed(path: string, text: string): unknown {
  const plugins: NonNullable<ParserOptions['plugins']> = [
    ...(/\.[cm]?tsx?$/.test(path) ? (['typescript'] as const) : []),
    ...(/\.([cm]?js|jsx|tsx)$/.test(path) ? (['jsx'] as const) : []),
    'decorators',
  ]
  try {
    return parse(text, { sourceType: 'unambiguous', allowReturnOutsideFunction: true, plugins }).program
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A function that is new as a whole goes as a whole; of one that was there, the innermost that holds what is new. */
function bodiesWith(node: unknown, added: ReadonlySet<number>, mode: StubMode): Body[] {
  if (Array.isArray(node)) return node.flatMap((item) => bodiesWith(item, added, mode))
  if (!isObject(node)) return []
  if (!isFunction(node)) return childrenOf(node).flatMap((child) => bodiesWith(child, added, mode))
  const lines = Array.from({ length: node.loc.end.line - node.loc.start.line + 1 }, (_, i) => node.loc.start.line + i)
  if (!lines.some((line) => added.has(line))) return []
  const inner = lines.every((line) => added.has(line)) ? [] : childrenOf(node).flatMap((child) => bodiesWith(child, added, mode))
  if (inner.length > 0) return inner
  const { body } = node
  // A constructor must call its parent's, and holds little to prove.
  if (!isNode(body) || node.kind === 'constructor') return []
  return [{ start: body.start, end: body.end, block: body.type === 'BlockStatement' }]
}

function childrenOf(node: object): unknown[] {
  return Object.entries(node).flatMap(([key, value]) => (key === 'loc' || key.endsWith('Comments') || typeof value !== 'object' ? [] : [value]))
}

function isFunction(node: object): node is Node {
  return isNode(node) && functions.has(node.type)
}

function isNode(value: unknown): value is Node {
  return isObject(value) && 'type' in value && typeof value.type === 'string' && 'start' in value && 'loc' in value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
