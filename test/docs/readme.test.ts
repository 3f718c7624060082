import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { roles } from '../../src/agents/config.ts'
import { type BadConfig, readConfig } from '../../src/config.ts'
import { Command, parseCommands } from '../../src/domain/commands.ts'
import { codes, page, tableOf } from './tables.ts'

const readme = page('README.md')
const both = { web: true, worker: true }

const settings = tableOf(readme, '## Configuration', 'variable').map(([name = '', value = '']) => ({ name: codes(name)[0] ?? '', required: value.startsWith('required'), value: codes(value)[0] }))
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const least = { APP_ID: '7', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'secret', REDIS_URL: 'redis://127.0.0.1', ANTHROPIC_API_KEY: 'key' }

test('the configuration table names every variable that config.ts reads, and no other', () => {
  const source = page('src/config.ts')
  const read = [...source.matchAll(/(?:env\[|value\(|needed\()\s*['`]([A-Z_]+(?:\$\{name\})?)['`]/g)].map(([, name = '']) => name.replace('${name}', '<ROLE>'))
  expect(read.length).toBeGreaterThan(30)
  expect(settings.map(({ name }) => name).toSorted()).toEqual([...new Set(read)].toSorted())
  for (const role of roles) expect(readme).toContain(`\`${role.toUpperCase().replace('-', '_')}\``)
})

test('what the table calls required is all that is required', () => {
  expect(
    settings
      .filter(({ required }) => required)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(least).toSorted())
  expect(readConfig(least, both)).toBeDefined()
  for (const name of Object.keys(least)) {
    const without = Object.fromEntries(Object.entries(least).filter(([key]) => key !== name))
    expect(() => readConfig(without, both)).toThrow(expect.objectContaining({ problems: [expect.stringContaining(name)] }) as BadConfig)
  }
})

test('the defaults in the table are those of the code', () => {
  const told = settings.filter(({ value, required }) => value !== undefined && !required)
  expect(told.length).toBeGreaterThan(18)
  // A default that is set is as one that is not; another value is not.
  const host = { ...least, GHE_HOST: 'github.example.com' }
  for (const { name, value = '' } of told) {
    const around = name === 'GHE_PROTOCOL' ? host : least
    expect({ [name]: readConfig({ ...around, [name]: value }, both) }).toEqual({ [name]: readConfig(around, both) })
  }
})

test('a webhook secret that is being changed counts beside the new one; an empty one is none', () => {
  expect(readConfig({ ...least, WEBHOOK_SECRET_PREVIOUS: 'before' }, both).webhook_secrets).toEqual(['secret', 'before'])
  expect(readConfig({ ...least, WEBHOOK_SECRET_PREVIOUS: '' }, both).webhook_secrets).toEqual(['secret'])
})

test('the commands table shows every command, each as the parser takes it', () => {
  const shown = tableOf(readme, '## Commands', 'command').map(([example = '']) => parseCommands(codes(example)[0] ?? '')[0]?.name)
  const known = Command.options.map((option) => option.shape.name.value).filter((name) => name !== 'unknown')
  expect(shown).toEqual(known)
})

test('the link that registers the app asks for what app.yml asks for', () => {
  const manifest = parse(page('app.yml'))
  const link = /\((https:\/\/github\.com\/settings\/apps\/new\?[^)]+)\)/.exec(readme)?.[1] ?? ''
  const asked = new URL(link).searchParams
  expect(asked.getAll('events[]')).toEqual(manifest.default_events)
  const { name, description, url, hook_attributes, default_permissions } = manifest
  const rest = Object.fromEntries([...asked].filter(([key]) => key !== 'events[]'))
  expect(rest).toEqual({ name, description, url, public: 'false', webhook_active: 'true', webhook_url: hook_attributes.url, ...default_permissions })
})
