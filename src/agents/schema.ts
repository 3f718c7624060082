import { z } from 'zod'

type Json = Record<string, unknown>

/**
 * A zod schema as the JSON schema of a tool's input. The API wants an object at the root, without a union there: the
 * branches of one are laid over each other, and zod tells the model which fields belong together when it errs.
 */
export function inputSchema(schema: z.core.$ZodType): Json {
  const json: Json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return { type: 'object', ...clean(flattenRoot(json)) }
}

function flattenRoot(json: Json): Json {
  const branches = listOf(json['oneOf'] ?? json['anyOf'])
  if (branches.length === 0) return json
  const properties: Json = {}
  for (const [name, shapes] of shapesByName(branches)) properties[name] = overlay(shapes)
  const required = listOfStrings(branches[0]?.['required']).filter((name) => branches.every((b) => listOfStrings(b['required']).includes(name)))
  return { type: 'object', properties, required, additionalProperties: false }
}

function shapesByName(branches: Json[]): Map<string, Json[]> {
  const byName = new Map<string, Json[]>()
  for (const branch of branches) {
    for (const [name, shape] of Object.entries(objectOf(branch['properties']))) byName.set(name, [...(byName.get(name) ?? []), objectOf(shape)])
  }
  return byName
}

/** The same property in several branches: constants become one enumeration, equal shapes one shape. */
function overlay(shapes: Json[]): Json {
  const distinct = [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()]
  if (distinct.length === 1) return distinct[0] ?? {}
  if (distinct.every((shape) => 'const' in shape)) return { type: 'string', enum: distinct.map((shape) => shape['const']) }
  return { anyOf: distinct }
}

/** Takes out what the API does not know or what only costs tokens. */
function clean(value: Json): Json {
  const out: Json = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$schema' || key === 'propertyNames') continue
    if ((key === 'maximum' || key === 'minimum') && Math.abs(Number(inner)) === Number.MAX_SAFE_INTEGER) continue
    out[key === 'oneOf' ? 'anyOf' : key] = cleanAny(inner)
  }
  return out
}

function cleanAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanAny)
  return isObject(value) ? clean(value) : value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function objectOf(value: unknown): Json {
  return isObject(value) ? value : {}
}
function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
function listOfStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
