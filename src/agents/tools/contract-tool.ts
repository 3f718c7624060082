import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Assertion, Tool as ContractTool } from '../../domain/contract.ts'
import { AssertionId } from '../../domain/id.ts'

/** Every call of a user-testing tool names the assertion it is for. */
export const forAssertion = AssertionId.describe('The assertion this call is for')

/** Why this tool may not be used for this assertion; null when it may. */
export function refusal(assertions: readonly Assertion[], assertion: string, used: ContractTool): string | null {
  const found = assertions.find((a) => a.id === assertion)
  if (!found) return `${assertion} is not yours to exercise. Yours: ${assertions.map((a) => a.id).join(', ')}.`
  if (found.tool !== used) return `The contract exercises ${assertion} with ${found.tool}, not with ${used}.`
  return null
}

export const Argv = z.array(z.string().max(4_000)).min(1).max(60)

/** Why a command may not be run: only the product's declared entry points are a user's. */
export function notAnEntryPoint(entryPoints: readonly (readonly string[])[], argv: readonly string[]): string | null {
  if (entryPoints.some((prefix) => prefix.every((part, i) => argv[i] === part))) return null
  if (entryPoints.length === 0) return 'The plan declares no command that a user runs.'
  return `Only the product's own commands run here. They begin with: ${entryPoints.map((prefix) => JSON.stringify(prefix)).join(' or ')}.`
}

/** Path and query of an address; an address that is none is itself. */
export function pathOf(url: string): string {
  if (!URL.canParse(url)) return url
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
