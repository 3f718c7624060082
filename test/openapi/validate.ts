import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import type { Exchange, Observed, SentWebhook } from '../../src/emulator/exchange.ts'

type Schema = Record<string, unknown>
interface Content {
  content?: Record<string, { schema: Schema }>
}
interface Parameter {
  name: string
  in: string
  $ref?: string
}
interface Operation {
  parameters?: Parameter[]
  requestBody?: Content & { $ref?: string }
  responses: Record<string, Content & { $ref?: string }>
}
interface Description {
  source: string
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: { requestBody: Content } }>
  components: Record<string, Record<string, Schema>>
}

const github = load('github.json')
const hooks = load('webhooks.json')
const ajv = createAjv()

export interface Problem {
  /** `METHOD /template status` or `webhook event.action`. */
  where: string
  what: string[]
}

/** Collects exchanges and holds each against GitHub's published descriptions. */
export interface Recorder {
  /** Give it to `startEmulator({ observe })`. */
  observe(observed: Observed): void
  /** A `fetch` that records what goes through it; `base` is the API's root. */
  wrap(fetch: typeof globalThis.fetch, base: string): typeof globalThis.fetch
  problems(): Problem[]
  /** Operations that were called and answered with 2xx or 304. */
  operations(): Set<string>
  /** `event.action` of the webhooks sent. */
  webhooks(): Set<string>
}

export function createRecorder(): Recorder {
  const problems = new Map<string, Problem>()
  const operations = new Set<string>()
  const webhooks = new Set<string>()

  function note(where: string, what: string[]): void {
    const known = problems.get(where)?.what ?? []
    if (what.length > 0) problems.set(where, { where, what: [...new Set([...known, ...what])] })
  }

  function observe(observed: Observed): void {
    if (observed.kind === 'webhook') {
      webhooks.add(webhookName(observed))
      note(`webhook ${webhookName(observed)}`, webhookProblems(observed))
      return
    }
    // What no description knows is an answer too, but not one of GitHub's.
    if (observed.operation === null) return
    if (observed.status < 400) operations.add(observed.operation)
    note(`${observed.operation} ${observed.status}`, exchangeProblems(observed))
  }

  return {
    observe,
    wrap: (fetch, base) => recordingFetch(fetch, base, observe),
    problems: () => [...problems.values()],
    operations: () => operations,
    webhooks: () => webhooks,
  }
}

export function describedOperations(): string[] {
  return Object.entries(github.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
}

export function operationFor(method: string, path: string): string | null {
  const given = path.split('?')[0]?.split('/') ?? []
  const found = describedOperations().filter((operation) => {
    const [verb = '', template = ''] = operation.split(' ')
    return verb === method && fits(template.split('/'), given)
  })
  // `/pulls/comments` fits `/pulls/{pull_number}` too; the one with more fixed words is meant.
  return found.toSorted((a, b) => a.split('{').length - b.split('{').length)[0] ?? null
}

function fits(template: string[], given: string[]): boolean {
  if (template.length > given.length) return false
  const wide = /^\{(path|ref|branch|basehead)\}$/.test(template.at(-1) ?? '')
  return (wide || template.length === given.length) && template.every((segment, index) => segment.startsWith('{') || segment === given[index])
}

export function exchangeProblems(exchange: Exchange): string[] {
  const [method = '', template = ''] = (exchange.operation ?? '').split(' ')
  const operation = github.paths[template]?.[method.toLowerCase()]
  if (operation === undefined) return ['the operation is not in the description']
  if (exchange.status === 404 || exchange.status >= 500) return []
  const accepted = exchange.status < 400
  return [...(accepted ? requestProblems(operation, exchange) : []), ...responseProblems(operation, exchange)]
}

function requestProblems(operation: Operation, exchange: Exchange): string[] {
  const known = (operation.parameters ?? []).map((parameter) => resolve(github, parameter))
  const names = new Set(known.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name))
  const query = new URLSearchParams(exchange.path.split('?')[1] ?? '')
  const unknown = [...query.keys()].filter((name) => !names.has(name)).map((name) => `query parameter ${name} is not documented`)
  const body = operation.requestBody === undefined ? undefined : resolve(github, operation.requestBody)
  const schema = body?.content?.['application/json']?.schema
  if (schema === undefined || exchange.request_body === undefined) return unknown
  return [...unknown, ...errorsOf(schema, 'github', exchange.request_body, 'request')]
}

function responseProblems(operation: Operation, exchange: Exchange): string[] {
  const declared = operation.responses[exchange.status]
  if (declared === undefined) return exchange.status < 400 ? [`status ${exchange.status} is not documented`] : []
  const content = Object.entries(resolve(github, declared).content ?? {}).filter(([type]) => type.includes('json'))
  if (content.length === 0 || typeof exchange.response_body === 'string') return []
  const tried = content.map(([, { schema }]) => errorsOf(schema, 'github', exchange.response_body, 'response'))
  return tried.toSorted((a, b) => a.length - b.length)[0] ?? []
}

function webhookName({ event, payload }: SentWebhook): string {
  const action = payload['action']
  return typeof action === 'string' ? `${event}.${action}` : event
}

export function webhookProblems(webhook: SentWebhook): string[] {
  const key = webhookName(webhook).replaceAll(/[._]/g, '-')
  const schema = hooks.webhooks[key]?.post.requestBody.content?.['application/json']?.schema
  return schema === undefined ? [`GitHub publishes no webhook ${key}`] : errorsOf(schema, 'webhooks', webhook.payload, 'payload')
}

const compiled = new Map<Schema, ValidateFunction>()

function errorsOf(schema: Schema, root: string, value: unknown, name: string): string[] {
  let validate = compiled.get(schema)
  if (validate === undefined) {
    validate = ajv.compile(pointing(schema, root))
    compiled.set(schema, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`)
}

/** The schema with its references led into the description of that name. */
function pointing(node: Schema, root: string): Schema {
  return JSON.parse(JSON.stringify(node).replaceAll('"$ref":"#/', `"$ref":"${root}#/`))
}

function resolve<T extends { $ref?: string }>(description: Description, value: T): T {
  if (value.$ref === undefined) return value
  const [, , section = '', key = ''] = value.$ref.split('/')
  return description.components[section]?.[key] as T
}

function load(file: string): Description {
  const description = withNull(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))) as Description
  for (const [name, schema] of Object.entries(description.components['schemas'] ?? {})) correct(name, schema)
  // A list of installations asks of an account that it be a user and an enterprise at once.
  walk(description.paths, (key, node) => {
    const [, inner] = (key === 'account' ? (node['anyOf'] as Schema[] | undefined) : undefined) ?? []
    if (inner?.['allOf'] !== undefined) node['anyOf'] = [{ type: 'null' }, ...(inner['allOf'] as Schema[])]
  })
  return description
}

/** Where the descriptions lag behind what GitHub does. */
function correct(name: string, schema: Schema): void {
  // Apps may subscribe to events that the list does not have yet.
  walk(schema, (key, node) => {
    const items = node['items'] as Schema | undefined
    if (key === 'events' && items !== undefined) delete items['enum']
  })
  // Sent for the repositories of persons too.
  if (name.startsWith('webhook-issue-dependencies')) schema['required'] = (schema['required'] as string[]).filter((field) => field !== 'organization')
  // Null once a comment is outdated.
  if (!name.endsWith('review-comment')) return
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>
  for (const field of ['line', 'position']) {
    const known = properties[field]
    if (known !== undefined) properties[field] = { anyOf: [{ type: 'null' }, known] }
  }
}

function walk(node: unknown, visit: (key: string, node: Schema) => void, key = ''): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(key, node as Schema)
  for (const [name, child] of Object.entries(node)) walk(child, visit, name)
}

/** `nullable` is OpenAPI's word and ajv takes it only beside `type`; JSON Schema says the same with a type `null`. */
function withNull(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNull)
  if (typeof node !== 'object' || node === null) return node
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withNull(value)])) as Schema
  if (nullable !== true) return nullable === undefined || typeof nullable === 'boolean' ? rest : { ...rest, nullable }
  return { anyOf: [{ type: 'null' }, rest] }
}

function createAjv(): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, logger: false })
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)) && text.includes('T'))
  ajv.addFormat('uri', (text) => URL.canParse(text))
  ajv.addFormat('email', (text) => text.includes('@'))
  for (const name of ['uri-template', 'int64', 'repo.nwo', 'ssh-key', 'hostname', 'date', 'uuid', 'binary']) ajv.addFormat(name, true)
  ajv.addSchema(github, 'github')
  ajv.addSchema(hooks, 'webhooks')
  return ajv
}

function recordingFetch(fetch: typeof globalThis.fetch, base: string, observe: (observed: Observed) => void): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const body = await request.clone().text()
    const response = await fetch(input, init)
    const method = request.method
    const path = request.url.slice(base.length)
    const answer = await response.clone().text()
    const json = response.headers.get('content-type')?.includes('json') ?? false
    observe({
      kind: 'call',
      operation: operationFor(method, decodeURIComponent(path)),
      method,
      path,
      actor: 'unknown',
      request_body: body === '' ? undefined : JSON.parse(body),
      status: response.status,
      response_body: json && answer !== '' ? JSON.parse(answer) : answer || undefined,
    })
    return response
  }
}
