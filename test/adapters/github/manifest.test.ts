import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { forgePermissions } from '../../../src/adapters/github/octokit.ts'
import { subscribedEvents } from '../../../src/adapters/github/translate.ts'
import { packageRoot } from '../../../src/paths.ts'
import { webhookPath } from '../../../src/web/server.ts'

const manifest = parse(await readFile(join(packageRoot, 'app.yml'), 'utf8'))

/** Every app gets these; nobody can subscribe to them. */
const always = ['installation', 'installation_repositories']

test('the app asks for exactly the events it understands', () => {
  expect(manifest.default_events).toEqual(subscribedEvents.filter((event) => !always.includes(event)).toSorted())
})

test('the app asks for exactly the permissions its tokens are minted with', () => {
  expect(manifest.default_permissions).toEqual(forgePermissions)
  expect(Object.keys(forgePermissions)).not.toContain('workflows')
})

test('webhooks go where the server listens', () => {
  expect(new URL(manifest.hook_attributes.url).pathname).toBe(webhookPath)
})
