import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { capped, failed, said, tool } from '../tool.ts'
import { forAssertion, refusal } from './contract-tool.ts'

export function httpTool(tester: Sandbox, assertions: readonly Assertion[]): Tool {
  return tool({
    name: 'http',
    description: 'Sends one HTTP request to the product and shows status, headers and body. Redirects are not followed.',
    input: z.strictObject({
      assertion: forAssertion,
      method: z.string().regex(/^[A-Z]{3,10}$/, 'a method in capitals'),
      url: z.string().max(4_000),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.string().max(200_000).optional(),
    }),
    effects: 'some',
    async execute({ assertion, method, url, headers, body }, { signal }) {
      const no = refusal(assertions, assertion, 'http')
      if (no !== null) return failed(no)
      const answer = await tester.http({ method, url, timeout_ms: 30_000, ...(headers ? { headers } : {}), ...(body === undefined ? {} : { body }) }, signal)
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
      return said(`${method} ${url} -> ${answer.status} (${Math.round(answer.duration_ms)} ms)\n${head.join('\n')}\n\n${capped(answer.body, 16_000)}`, { assertion })
    },
  })
}
