import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allRoutes } from '../../src/emulator/routes/all.ts'
import { openWorld } from '../emulator/world.ts'
import type { Clone, TestWorld } from '../emulator/world.ts'
import { createRecorder, describedOperations } from './validate.ts'

const recorder = createRecorder()
let world: TestWorld
let clone: Clone

beforeAll(async () => {
  world = await openWorld({ observe: (observed) => recorder.observe(observed) })
  clone = await world.clone('user-wren')
})
afterAll(() => world[Symbol.asyncDispose]())

/** Any call as the app's installation, below mara/shop when the path starts with a dot. */
async function call(operation: string, body?: Record<string, unknown>, octokit = world.app) {
  const [method = '', path = ''] = operation.split(' ')
  // The answers of a hundred routes, picked from by hand.
  // oxlint-disable-next-line typescript/no-explicit-any
  return octokit.request({ method, url: path.replace(/^\./, '/repos/mara/shop'), ...body } as never) as Promise<{ status: number; data: any }>
}

async function branch(name: string, files: Record<string, string>): Promise<string> {
  await clone.git('checkout', '--quiet', '-B', name, 'origin/main')
  const sha = await clone.commit(files)
  await clone.git('push', '--quiet', '--force', 'origin', name)
  return sha
}

describe('every route and every webhook fit what GitHub publishes', () => {
  test('the app, its installations and its deliveries', async () => {
    const { appJwt } = world
    await call('GET /app', {}, appJwt)
    await call('GET /app/hook/config', {}, appJwt)
    const { data: installations } = await call('GET /app/installations', {}, appJwt)
    const id = installations[0].id
    await call(`GET /app/installations/${id}`, {}, appJwt)
    await call('GET ./installation', {}, appJwt)
    await call(`PUT /app/installations/${id}/suspended`, {}, appJwt)
    await call(`DELETE /app/installations/${id}/suspended`, {}, appJwt)
    await call(`POST /app/installations/${id}/access_tokens`, { repositories: ['shop'], permissions: { issues: 'write' } }, appJwt)
    await call('GET /installation/repositories')
    const spent = await world.token()
    await fetch(`${world.emulator.url}/installation/token`, { method: 'DELETE', headers: { authorization: `token ${spent}` } })
    await call('GET /rate_limit')
    await call('GET /meta')
    await world.emulator.idle()
    const { data: deliveries } = await call('GET /app/hook/deliveries', { per_page: 2 }, appJwt)
    await call(`GET /app/hook/deliveries/${deliveries[0].id}`, {}, appJwt)
    await call(`POST /app/hook/deliveries/${deliveries[0].id}/attempts`, {}, appJwt)
    await world.emulator.as('wren').request('GET /user')
    await call('GET /users/wren')
    await world.emulator.addRepository({ owner: 'mara', name: 'other' })
    world.emulator.selectRepositories('mara', ['mara/shop'])
    world.emulator.selectRepositories('mara', null)
    await world.emulator.as('mara').createIssue('mara/other', { title: 'to be deleted' })
    await world.emulator.as('mara').createIssue('mara/other', { title: 'to be transferred' })
    world.emulator.deleteIssue('mara/other', 1)
    world.emulator.transferIssue('mara/other', 2, 'mara/shop')
  })

  test('issues, comments, labels, reactions, locks', async () => {
    const mara = world.emulator.as('mara')
    await mara.createIssue('mara/shop', { title: 'By a person', body: 'text', labels: ['bug'] })
    const { data: issue } = await call('POST ./issues', { title: 'By the app', labels: ['mission'], assignees: ['wren'] })
    const at = `./issues/${issue.number}`
    await call(`GET ${at}`)
    await call('GET ./issues', { state: 'all', labels: 'mission', creator: 'missions[bot]', since: '2020-01-01T00:00:00Z', sort: 'updated', direction: 'asc' })
    await call(`PATCH ${at}`, { title: 'Renamed', body: 'new' })
    await call(`PATCH ${at}`, { state: 'closed', state_reason: 'not_planned' })
    await call(`PATCH ${at}`, { state: 'open' })
    await call(`PUT ${at}/lock`, { lock_reason: 'resolved' })
    await call(`DELETE ${at}/lock`)
    await call(`POST ${at}/assignees`, { assignees: ['mara'] })
    await call(`DELETE ${at}/assignees`, { assignees: ['mara'] })
    const { data: comment } = await call(`POST ${at}/comments`, { body: 'hello' })
    await call(`GET ${at}/comments`, { since: '2020-01-01T00:00:00Z' })
    await call('GET ./issues/comments', { sort: 'updated', direction: 'desc', since: '2020-01-01T00:00:00Z' })
    await call(`GET ./issues/comments/${comment.id}`)
    await call(`PATCH ./issues/comments/${comment.id}`, { body: 'edited' })
    for (const on of [at, `./issues/comments/${comment.id}`]) {
      const { data: reaction } = await call(`POST ${on}/reactions`, { content: 'eyes' })
      await call(`POST ${on}/reactions`, { content: 'eyes' })
      await call(`GET ${on}/reactions`)
      await call(`DELETE ${on}/reactions/${reaction.id}`)
    }
    await call('POST ./labels', { name: 'fresh', color: '00ff00', description: 'new' })
    await call('GET ./labels')
    await call('GET ./labels/fresh')
    await call('PATCH ./labels/fresh', { new_name: 'crisp' })
    await call(`GET ${at}/labels`)
    await call(`POST ${at}/labels`, { labels: ['crisp', 'bug'] })
    await call(`PUT ${at}/labels`, { labels: ['crisp'] })
    await call(`DELETE ${at}/labels/crisp`)
    await call(`DELETE ${at}/labels`)
    await call('DELETE ./labels/crisp')
    await call(`GET ${at}/events`)
    await call(`GET ${at}/timeline`)
    await call(`DELETE ./issues/comments/${comment.id}`)
    await mara.request(`DELETE /repos/mara/shop/issues/comments/${(await mara.comment('mara/shop', issue.number, 'x')).id}`)
  })

  test('sub-issues and dependencies', async () => {
    const make = async (title: string) => (await call('POST ./issues', { title })).data
    const [parent, one, two] = [await make('parent'), await make('one'), await make('two')]
    const at = `./issues/${parent.number}`
    await call(`POST ${at}/sub_issues`, { sub_issue_id: one.id })
    await call(`POST ${at}/sub_issues`, { sub_issue_id: two.id })
    await call(`GET ${at}/sub_issues`)
    await call(`GET ./issues/${one.number}/parent`)
    await call(`PATCH ${at}/sub_issues/priority`, { sub_issue_id: two.id, before_id: one.id })
    await call(`DELETE ${at}/sub_issue`, { sub_issue_id: one.id })
    await call(`POST ./issues/${two.number}/dependencies/blocked_by`, { issue_id: one.id })
    await call(`GET ./issues/${two.number}/dependencies/blocked_by`)
    await call(`GET ./issues/${one.number}/dependencies/blocking`)
    await call(`DELETE ./issues/${two.number}/dependencies/blocked_by/${one.id}`)
  })

  test('the repository, its refs, objects, commits and contents', async () => {
    const mara = world.emulator.as('mara')
    await call('GET .')
    await mara.request('PATCH /repos/mara/shop', { description: 'a shop' })
    await call('GET ./collaborators')
    await call('GET ./collaborators/wren/permission')
    const sha = await branch('refs-1', { 'a.txt': 'a\n', 'dir/b.txt': 'b\n' })
    await call('GET ./branches')
    await call('GET ./branches/refs-1')
    await call('POST ./git/refs', { ref: 'refs/heads/refs-2', sha })
    await call('GET ./git/ref/heads/refs-2')
    await call('GET ./git/matching-refs/heads/refs')
    const { data: blob } = await call('POST ./git/blobs', { content: 'hi', encoding: 'utf-8' })
    await call(`GET ./git/blobs/${blob.sha}`)
    const { data: tree } = await call('POST ./git/trees', { base_tree: sha, tree: [{ path: 'c.txt', mode: '100644', type: 'blob', sha: blob.sha }] })
    await call(`GET ./git/trees/${tree.sha}`, { recursive: '1' })
    const { data: commit } = await call('POST ./git/commits', { message: 'made', tree: tree.sha, parents: [sha] })
    await call(`GET ./git/commits/${commit.sha}`)
    await call('PATCH ./git/refs/heads/refs-2', { sha: commit.sha, force: true })
    await call('DELETE ./git/refs/heads/refs-2')
    await call('GET ./contents/dir/b.txt', { ref: 'refs-1' })
    await call('GET ./contents/dir', { ref: 'refs-1' })
    await call('GET ./contents')
    await call('PUT ./contents/new.txt', { message: 'new', content: Buffer.from('new').toString('base64'), branch: 'refs-1' })
    await call('GET ./commits', { sha: 'refs-1', per_page: 1 })
    await call('GET ./commits/refs-1')
    await call('GET ./compare/main...refs-1')
    await call('POST ./merges', { base: 'refs-1', head: 'main' }).catch(() => undefined)
    await branch('refs-3', { 'd.txt': 'd\n' })
    await call('POST ./merges', { base: 'refs-1', head: 'refs-3' })
  })

  test('pull requests, reviews, checks, statuses, merges', async () => {
    const wren = world.emulator.as('wren')
    const sha = await branch('feature', { 'server.js': 'one\ntwo\nthree\n' })
    const { data: pull } = await call('POST ./pulls', { title: 'Feature', head: 'feature', base: 'main', body: 'text', draft: false })
    const at = `./pulls/${pull.number}`
    await call(`GET ${at}`)
    await call('GET ./pulls', { state: 'all', head: 'mara:feature', base: 'main', sort: 'created', direction: 'asc' })
    await call(`PATCH ${at}`, { title: 'Feature 1' })
    await call(`PATCH ${at}`, { state: 'closed' })
    await call(`PATCH ${at}`, { state: 'open' })
    await call(`POST ./issues/${pull.number}/labels`, { labels: ['feature'] })
    await call(`DELETE ./issues/${pull.number}/labels/feature`)
    await call(`POST ./issues/${pull.number}/comments`, { body: 'on a pull request' })
    await call(`GET ./issues/${pull.number}`)
    await call(`GET ${at}/files`)
    await call(`GET ${at}/commits`)
    await call(`GET ./commits/${sha}/pulls`)
    await call(`POST ${at}/requested_reviewers`, { reviewers: ['wren'] })
    const { data: review } = await call(`POST ${at}/reviews`, {
      commit_id: sha,
      event: 'COMMENT',
      body: 'findings',
      comments: [{ path: 'server.js', line: 3, side: 'RIGHT', start_line: 2, start_side: 'RIGHT', body: 'here' }],
    })
    await call(`GET ${at}/reviews`)
    await call(`GET ${at}/reviews/${review.id}`)
    await call(`PUT ${at}/reviews/${review.id}`, { body: 'findings, edited' })
    const { data: comments } = await call(`GET ${at}/reviews/${review.id}/comments`)
    const { data: fileComment } = await call(`POST ${at}/comments`, { body: 'the file', commit_id: sha, path: 'server.js', subject_type: 'file' })
    await call(`POST ${at}/comments`, { body: 'a line', commit_id: sha, path: 'server.js', line: 1, side: 'RIGHT' })
    await call(`POST ${at}/comments/${comments[0].id}/replies`, { body: 'fixed' })
    await call(`GET ${at}/comments`)
    await call('GET ./pulls/comments', { since: '2020-01-01T00:00:00Z' })
    await call(`GET ./pulls/comments/${comments[0].id}`)
    await call(`PATCH ./pulls/comments/${comments[0].id}`, { body: 'here, edited' })
    const { data: reaction } = await call(`POST ./pulls/comments/${comments[0].id}/reactions`, { content: '+1' })
    await call(`GET ./pulls/comments/${comments[0].id}/reactions`)
    await call(`DELETE ./pulls/comments/${comments[0].id}/reactions/${reaction.id}`)
    await call(`DELETE ./pulls/comments/${fileComment.id}`)
    await wren.review('mara/shop', pull.number, { event: 'REQUEST_CHANGES', body: 'no' })
    const approval = await wren.review('mara/shop', pull.number, { event: 'APPROVE' })
    await wren.request(`PUT /repos/mara/shop/pulls/${pull.number}/reviews/${approval.id}/dismissals`, { message: 'later' })
    const pending = await wren.request<{ id: number }>(`POST /repos/mara/shop/pulls/${pull.number}/reviews`, { body: 'draft' })
    await wren.request(`POST /repos/mara/shop/pulls/${pull.number}/reviews/${pending.id}/events`, { event: 'COMMENT' })

    const { data: run } = await call('POST ./check-runs', { name: 'missions/validation', head_sha: sha, status: 'in_progress', external_id: 'x' })
    await call(`GET ./check-runs/${run.id}`)
    const annotations = [{ path: 'server.js', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'hm' }]
    await call(`PATCH ./check-runs/${run.id}`, { conclusion: 'failure', output: { title: 't', summary: 's', annotations } })
    await call(`GET ./check-runs/${run.id}/annotations`)
    await call(`GET ./commits/${sha}/check-runs`, { filter: 'latest', check_name: 'missions/validation' })
    const { data: suites } = await call(`GET ./commits/${sha}/check-suites`)
    await call(`GET ./check-suites/${suites.check_suites[0].id}`)
    await call(`POST ./statuses/${sha}`, { state: 'success', context: 'lint', description: 'fine', target_url: 'https://example.org' })
    await call(`GET ./commits/${sha}/status`)
    await call(`GET ./commits/${sha}/statuses`)

    await world.emulator.as('mara').commitFile('mara/shop', 'main', 'main.txt', 'moved on')
    await call(`PUT ${at}/update-branch`, {})
    await call(`PUT ${at}/merge`, { merge_method: 'merge' })
    await call(`GET ${at}/merge`)
    await world.emulator.as('mara').deleteBranch('mara/shop', 'feature')
  })

  test('what is refused has GitHub’s shape too', async () => {
    const refused = async (operation: string, body: Record<string, unknown> = {}) =>
      call(operation, body).then(
        () => expect.unreachable(operation),
        () => undefined,
      )
    await refused('POST ./issues', {})
    await refused('POST ./issues', { title: '' })
    await refused('POST ./pulls', { title: 'x', head: 'main', base: 'main' })
    await refused('POST ./pulls', { title: 'x', head: 'nothing', base: 'main' })
    await refused('POST ./git/refs', { ref: 'nonsense', sha: '0'.repeat(40) })
    await refused('POST ./check-runs', { name: 'x', head_sha: '0'.repeat(40) })
    await refused('PATCH .', { name: 'x' })
  })
})

test('nothing differs, and every route was driven', async () => {
  world.emulator.uninstall('mara')
  await world.emulator.idle()
  const served = [...allRoutes.map((route) => route.operation), 'GET /rate_limit', 'GET /meta']
  const driven = served.filter((operation) => recorder.operations().has(operation))
  process.stdout.write(`${driven.length} of ${served.length} emulator routes validated, ${recorder.webhooks().size} webhooks validated\n`)
  expect({ problems: recorder.problems(), undriven: served.filter((operation) => !driven.includes(operation)) }).toEqual({ problems: [], undriven: [] })
  expect(served.filter((operation) => !describedOperations().includes(operation))).toEqual([])
})
