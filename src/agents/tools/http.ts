import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import { Shown } from '../../domain/shown.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'
import { forAssertion, pathOf, refusal } from './contract-tool.ts'

export function httpTool(tester: Sandbox, outputs: Outputs, assertions: readonly Assertion[]): Tool {
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
    async execute({ assertion, method, url, headers, body }, { signal, ordinal }) {
      const no = refusal(assertions, assertion, 'http')
      if (no !== null) return failed(no)
      const answer = await tester.http({ method, url, timeout_ms: 30_000, ...(headers ? { headers } : {}), ...(body === undefined ? {} : { body }) }, signal)
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
      const { text, ...whole } = await outputs.shorten(answer.body, 12_000, `http-${ordinal}`)
      const ms = Math.round(answer.duration_ms)
      const shown = Shown.parse({ tool: 'http', text: answer.body, partial: answer.truncated, requests: [{ method, path: pathOf(url), status: answer.status }], duration_ms: ms })
      return said(`${method} ${url} -> ${answer.status} (${ms} ms)\n${head.join('\n')}\n\n${text}`, { assertion, shown, ...whole })
    },
  })
}
