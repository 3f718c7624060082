import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import { pictureName, pictureWords } from '../../domain/evidence-item.ts'
import { Shown } from '../../domain/shown.ts'
import type { BrowserAction, BrowserObservation, Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool, ToolAnswer } from '../tool.ts'
import { failed, tool } from '../tool.ts'
import { forAssertion, pathOf, refusal, sha256 } from './contract-tool.ts'

const Input = z.strictObject({
  assertion: forAssertion,
  act: z.enum(['open', 'snapshot', 'click', 'fill', 'select', 'press', 'wait', 'screenshot', 'dialog']),
  url: z.string().max(4_000).optional().describe('open'),
  ref: z.string().max(40).optional().describe('click, fill, select: an element mark such as e12 from the last snapshot'),
  text: z.string().max(20_000).optional().describe('fill: what to type; wait: the text to wait for'),
  option: z.string().max(400).optional().describe('select: the option, by label or value'),
  key: z.string().max(40).optional().describe('press: a key such as Enter or Control+A'),
  name: z.string().regex(pictureWords).optional().describe('screenshot: the name that the evidence asks for'),
  answer: z.enum(['accept', 'dismiss']).optional().describe('dialog: how to answer the open or next one'),
  timeout_ms: z.int().min(100).max(60_000).optional().describe('wait: default 10000'),
})

export function browserTool(tester: Sandbox, outputs: Outputs, assertions: readonly Assertion[]): Tool {
  return tool({
    name: 'browser',
    description:
      'Drives a real browser on the product and shows what the page is after the act: its accessibility tree with element marks, console lines, requests made. Marks hold until the page changes. A screenshot is shown to you and kept as evidence.',
    input: Input,
    effects: 'some',
    async execute(input, { signal, ordinal }) {
      const no = refusal(assertions, input.assertion, 'browser')
      if (no !== null) return failed(no)
      const action = actionOf(input)
      if (typeof action === 'string') return failed(action)
      return shownPage(await tester.browse(named(action, input.assertion), signal), { assertion: input.assertion, action, name: `browser-${ordinal}` }, { tester, outputs })
    },
  })
}

/** Each act with the fields it needs; a sentence when one is missing. */
function actionOf(input: z.infer<typeof Input>): BrowserAction | string {
  const { act, url, ref, text, option, key, name, answer } = input
  switch (act) {
    case 'open':
      return url === undefined ? 'open needs url.' : { act, url }
    case 'snapshot':
      return { act }
    case 'click':
      return ref === undefined ? 'click needs ref.' : { act, ref }
    case 'fill':
      return ref === undefined || text === undefined ? 'fill needs ref and text.' : { act, ref, text }
    case 'select':
      return ref === undefined || option === undefined ? 'select needs ref and option.' : { act, ref, option }
    case 'press':
      return key === undefined ? 'press needs key.' : { act, key }
    case 'wait':
      return text === undefined ? 'wait needs text.' : { act, text, timeout_ms: input.timeout_ms ?? 10_000 }
    case 'screenshot':
      return name === undefined ? 'screenshot needs name.' : { act, name: pictureName(name) }
    case 'dialog':
      return answer === undefined ? 'dialog needs answer.' : { act, answer }
  }
}

/** Pictures of two assertions never share a file. */
function named(action: BrowserAction, assertion: string): BrowserAction {
  return action.act === 'screenshot' ? { act: 'screenshot', name: `${assertion.toLowerCase()}-${action.name}` } : action
}

async function shownPage(page: BrowserObservation, call: { assertion: string; action: BrowserAction; name: string }, { tester, outputs }: { tester: Sandbox; outputs: Outputs }): Promise<ToolAnswer> {
  const snapshot = await outputs.shorten(page.snapshot, 12_000, call.name)
  const heard = await outputs.shorten(page.console.join('\n'), 4_000, `${call.name}-console`)
  const asked = await outputs.shorten(page.network.join('\n'), 4_000, `${call.name}-requests`)
  const file = snapshot.file ?? heard.file ?? asked.file
  const dialog = page.dialog === undefined ? '' : `dialog: ${page.dialog}`
  const parts = [
    `${page.url} · ${page.title}`,
    dialog,
    page.file === undefined ? '' : `file: ${page.file}`,
    snapshot.text,
    page.console.length === 0 ? '' : `--- console ---\n${heard.text}`,
    page.network.length === 0 ? '' : `--- requests ---\n${asked.text}`,
  ]
  const text = { type: 'text' as const, text: parts.filter((part) => part !== '').join('\n') }
  const bytes = page.file === undefined ? null : await tester.readFile(page.file)
  const shown = Shown.parse({
    tool: 'browser',
    text: [dialog, page.snapshot].filter((part) => part !== '').join('\n'),
    partial: page.truncated,
    requests: page.network.flatMap(requestOf),
    failures: page.network.filter(hasFailed),
    screenshot: call.action.act === 'screenshot' && bytes ? call.action.name : null,
    files: page.file === undefined || !bytes ? [] : [{ name: page.file, path: page.file, sha256: sha256(bytes) }],
  })
  return { ok: true, assertion: call.assertion, shown, ...(file === undefined ? {} : { file }), content: page.file === undefined || !bytes ? [text] : [text, ...picture(page.file, bytes)] }
}

/** `GET http://127.0.0.1:3000/x -> 200`, as the browser heard it; what failed has no status. */
function requestOf(line: string): Shown['requests'] {
  const [, method, url, outcome] = /^([A-Z]+) (\S+) -> (.*)$/.exec(line) ?? []
  if (method === undefined || url === undefined) return []
  return [{ method, path: pathOf(url), status: /^\d{3}$/.test(outcome ?? '') ? Number(outcome) : null }]
}

/** An answer of 5xx, or none from the product. What the page broke off itself, or the sandbox refused, is not the product's. */
function hasFailed(line: string): boolean {
  return / -> (?:5\d\d|net::ERR_(?!ABORTED|BLOCKED)\S+)$/.test(line)
}

const picture_bytes = 1_000_000

function picture(file: string, bytes: Uint8Array): ToolAnswer['content'] {
  const media_type = file.endsWith('.png') ? 'image/png' : /\.jpe?g$/.test(file) ? 'image/jpeg' : null
  if (media_type === null || bytes.length > picture_bytes) return []
  return [{ type: 'image', source: { type: 'base64', media_type, data: Buffer.from(bytes).toString('base64') } }]
}
