import examples from '@octokit/webhooks-examples'
import type { WebhookDefinition } from '@octokit/webhooks-examples'
import { expect, test } from 'vitest'
import { openWeb } from './web.ts'

// The package is CommonJS with a default inside the default.
const definitions: WebhookDefinition[] = Array.isArray(examples) ? examples : Object(examples).default

test('every published webhook, signed, is taken with a 2xx; facts are only those that are some', async () => {
  await using web = await openWeb()
  const statuses = new Map<number, number>()
  let sent = 0
  for (const { name, examples: payloads } of definitions) {
    for (const payload of payloads) {
      const { status } = await web.post(name, payload)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      sent += 1
    }
  }
  expect({ sent, statuses: Object.fromEntries(statuses) }).toEqual({ sent: 329, statuses: { 200: 329 } })
  // None carries our label or our branches, so none may start or touch a mission; a comment on an issue that has none is dropped further in.
  expect(web.taken.map((fact) => `${fact.fact} ${fact.id}`).toSorted()).toEqual([
    'access_lost installation/16598467/suspend@2021-04-29T02:32:50Z',
    'access_lost installation/2/deleted@2018-04-30T17:38:19Z',
    'access_lost installation/2/deleted@2018-04-30T17:38:19Z',
    'access_lost installation/2/removed-1296269@2018-04-30T17:38:19Z',
    'commented comment/492700400',
    'issue_reopened issue/1/reopened@2021-10-11T16:40:56Z',
  ])
  expect(web.taken.filter((fact) => 'key' in fact && fact.key !== null)).toEqual([])
})
