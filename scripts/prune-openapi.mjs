// Fetches GitHub's published OpenAPI descriptions (385 MB unpacked, hence no dependency) and keeps the part
// that the emulator serves and the app calls, in test/openapi/. Run by hand when either grows:
//   node scripts/prune-openapi.mjs
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const operations = readFileSync(new URL('../test/openapi/operations.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
const events = readFileSync(new URL('../test/openapi/events.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)

const scratch = mkdtempSync(join(tmpdir(), 'openapi-'))
try {
  write('github.json', pruneOperations(fetchDescription('@octokit/openapi')))
  write('webhooks.json', pruneEvents(fetchDescription('@octokit/openapi-webhooks')))
} finally {
  rmSync(scratch, { recursive: true })
}

function fetchDescription(name) {
  const into = mkdtempSync(join(scratch, 'pack-'))
  execFileSync('npm', ['pack', name, '--silent', '--pack-destination', into])
  const [tarball] = readdirSync(into)
  execFileSync('tar', ['xzf', join(into, tarball), '-C', into])
  const { version } = JSON.parse(readFileSync(join(into, 'package/package.json'), 'utf8'))
  return { name, version, description: JSON.parse(readFileSync(join(into, 'package/generated/api.github.com.json'), 'utf8')) }
}

function pruneOperations({ name, version, description }) {
  const paths = {}
  for (const operation of operations) {
    const [method, path] = operation.split(' ')
    const found = description.paths[path]?.[method.toLowerCase()]
    if (!found) throw new Error(`${operation} is not in ${name}@${version}`)
    const { parameters, requestBody, responses } = found
    paths[path] = { ...paths[path], [method.toLowerCase()]: { parameters, requestBody, responses } }
  }
  return withComponents({ source: `${name}@${version}`, paths }, description)
}

function pruneEvents({ name, version, description }) {
  const webhooks = {}
  for (const [key, { post }] of Object.entries(description.webhooks)) {
    if (events.some((event) => key === event || key.startsWith(`${event}-`))) webhooks[key] = { post: { requestBody: post.requestBody } }
  }
  return withComponents({ source: `${name}@${version}`, webhooks }, description)
}

/** Follows every `$ref` and keeps what it reaches. */
function withComponents(kept, description) {
  const components = {}
  const queue = [kept]
  while (queue.length > 0) {
    for (const reference of references(queue.pop())) {
      const [, , section, key] = reference.split('/')
      if (components[section]?.[key]) continue
      const component = description.components[section][key]
      components[section] = { ...components[section], [key]: component }
      queue.push(component)
    }
  }
  return withoutProse({ ...kept, components })
}

function references(node) {
  if (Array.isArray(node)) return node.flatMap(references)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => (key === 'examples' || key === 'example' ? [] : key === '$ref' && typeof value === 'string' ? [value] : references(value)))
}

/** Drops examples and prose, but not a property that happens to be called `description`. */
function withoutProse(node, insideProperties = false) {
  if (Array.isArray(node)) return node.map((item) => withoutProse(item))
  if (typeof node !== 'object' || node === null) return node
  const prose = new Set(['description', 'summary', 'title', 'example', 'examples', 'x-github', 'externalDocs', 'headers'])
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => insideProperties || !prose.has(key))
      .map(([key, value]) => [key, withoutProse(value, !insideProperties && key === 'properties')]),
  )
}

function write(file, content) {
  const text = JSON.stringify(content)
  writeFileSync(new URL(`../test/openapi/${file}`, import.meta.url), `${text}\n`)
  process.stdout.write(`${file}: ${content.source}, ${Object.keys(content.paths ?? content.webhooks).length} entries, ${Math.round(text.length / 1024)} KiB\n`)
}
