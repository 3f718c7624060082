import { expect, test } from 'vitest'
import { openWorld, refusal } from './world.ts'
import type { TestWorld } from './world.ts'

async function make(world: TestWorld, title: string, more: Record<string, unknown> = {}) {
  return (await world.app.rest.issues.create({ ...world.repo, title, ...more })).data
}

function subIssue(world: TestWorld, issue_number: number, sub_issue_id: number, more: Record<string, unknown> = {}) {
  return world.app.request('POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues', { ...world.repo, issue_number, sub_issue_id, ...more })
}

test('an issue’s changes are told one by one, with who made them', async () => {
  await using world = await openWorld()
  const mara = world.emulator.as('mara')
  const issue = await mara.createIssue('mara/shop', { title: 'one', labels: ['mission'] })
  await mara.editIssue('mara/shop', issue.number, { title: 'two', body: 'more' })
  await world.app.rest.issues.setLabels({ ...world.repo, issue_number: issue.number, labels: ['bug', 'planning'] })
  await mara.close('mara/shop', issue.number, 'not_planned')
  await mara.reopen('mara/shop', issue.number)
  const told = world.received
  await world.arrived()
  expect(told.slice(1).map(({ name, payload }) => [name, payload['sender'].login, payload['label']?.name ?? payload['changes'] ?? payload['issue'].state_reason])).toEqual([
    ['issues.opened', 'mara', null],
    ['issues.labeled', 'mara', 'mission'],
    ['issues.edited', 'mara', { title: { from: 'one' }, body: { from: '' } }],
    ['issues.unlabeled', 'missions[bot]', 'mission'],
    ['issues.labeled', 'missions[bot]', 'bug'],
    ['issues.labeled', 'missions[bot]', 'planning'],
    ['issues.closed', 'mara', 'not_planned'],
    ['issues.reopened', 'mara', 'reopened'],
  ])
})

test('a payload shows the moment it tells of, not what came later', async () => {
  await using world = await openWorld()
  const mara = world.emulator.as('mara')
  const issue = await mara.createIssue('mara/shop', { title: 'first title' })
  await mara.editIssue('mara/shop', issue.number, { title: 'second title' })
  await world.arrived()
  expect(world.received[1]?.payload['issue'].title).toBe('first title')
})

test('lists are filtered, sorted and cut into pages', async () => {
  const start = Math.floor(Date.now() / 1000) * 1000
  let now = start
  await using world = await openWorld({ clock: () => now })
  for (const title of ['a', 'b', 'c', 'd', 'e']) {
    await make(world, title, { labels: title < 'd' ? ['early'] : [] })
    now += 1_000
  }
  await world.app.rest.issues.createComment({ ...world.repo, issue_number: 1, body: 'wakes it' })
  const titles = async (query: Record<string, unknown>) => (await world.app.rest.issues.listForRepo({ ...world.repo, ...query })).data.map((issue) => issue.title)
  expect(await titles({ labels: 'early', direction: 'asc' })).toEqual(['a', 'b', 'c'])
  expect(await titles({ sort: 'updated', since: new Date(start + 4_000).toISOString() })).toEqual(['a', 'e'])
  expect(await titles({ creator: 'mara' })).toEqual([])
  expect(await titles({ per_page: 2, page: 2 })).toEqual(['c', 'b'])
  const { headers } = await world.app.rest.issues.listForRepo({ ...world.repo, per_page: 2, page: 2 })
  expect(headers.link?.split(', ').map((link) => link.replace(/.*[?&]page=(\d+)>; rel="(\w+)"/, '$2 $1'))).toEqual(['prev 1', 'next 3', 'last 3', 'first 1'])
  expect((await world.app.paginate(world.app.rest.issues.listForRepo, { ...world.repo, per_page: 2 })).map((issue) => issue.title)).toEqual(['e', 'd', 'c', 'b', 'a'])
})

test('what does not fit is refused, and nothing comes into being', async () => {
  await using world = await openWorld()
  expect(await refusal(make(world, ''))).toMatchObject({ status: 422, errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }] })
  expect((await refusal(make(world, 'x', { body: 'x'.repeat(65_537) }))).message).toContain('Validation Failed')
  expect((await refusal(world.app.request('POST /repos/mara/shop/issues', { body: 'no title' }))).message).toContain('"title" wasn\'t supplied')
  expect((await refusal(world.app.request('POST /repos/mara/shop/issues', { title: 'x', labels: 7 as never }))).status).toBe(422)
  expect((await refusal(world.app.rest.issues.createLabel({ ...world.repo, name: 'bug' }))).errors).toEqual([{ resource: 'Label', code: 'already_exists', field: 'name' }])
  const broken = await fetch(`${world.emulator.url}/repos/mara/shop/issues`, { method: 'POST', headers: { authorization: 'token user-mara' }, body: '{' })
  expect(broken.status).toBe(400)
  expect((await world.emulator.dump()).repositories[0]?.issues).toEqual([])
})

test('an issue has one parent, a parent a hundred children', async () => {
  await using world = await openWorld()
  const [parent, other, child] = [await make(world, 'parent'), await make(world, 'other'), await make(world, 'child')]
  await subIssue(world, parent.number, child.id)
  const message = async (call: Promise<unknown>) => ((await refusal(call)).errors as { message: string }[])[0]?.message
  expect(await message(subIssue(world, parent.number, child.id))).toBe('Issue may not contain duplicate sub-issues')
  expect(await message(subIssue(world, other.number, child.id))).toBe('Sub-issue may only have one parent')
  expect(await message(subIssue(world, child.number, parent.id))).toBe('Sub-issue cannot be an ancestor of its parent')
  expect(await message(subIssue(world, parent.number, parent.id))).toBe('Sub-issue cannot be its own parent')
  expect(await message(subIssue(world, parent.number, child.number))).toBe('The provided sub-issue does not exist')
  await subIssue(world, other.number, child.id, { replace_parent: true })
  await world.app.rest.issues.update({ ...world.repo, issue_number: child.number, state: 'closed' })
  const summary = async (issue_number: number) => (await world.app.rest.issues.get({ ...world.repo, issue_number })).data.sub_issues_summary
  expect([await summary(parent.number), await summary(other.number)]).toEqual([
    { total: 0, completed: 0, percent_completed: 0 },
    { total: 1, completed: 1, percent_completed: 100 },
  ])
  for (let count = 0; count < 100; count++) await subIssue(world, parent.number, (await make(world, `child ${count}`)).id)
  expect(await message(subIssue(world, parent.number, (await make(world, 'one more')).id))).toBe('Parent cannot have more than 100 sub-issues')
})

test('the same reaction twice is one reaction', async () => {
  await using world = await openWorld()
  const issue = await make(world, 'x')
  const react = () => world.app.rest.reactions.createForIssue({ ...world.repo, issue_number: issue.number, content: 'eyes' })
  expect([(await react()).status, (await react()).status]).toEqual([201, 200])
  expect((await world.app.rest.issues.get({ ...world.repo, issue_number: issue.number })).data.reactions).toMatchObject({ total_count: 1, eyes: 1 })
})

test('on a locked issue only writers speak', async () => {
  await using world = await openWorld()
  const issue = await make(world, 'x')
  await world.emulator.as('wren').request(`PUT /repos/mara/shop/issues/${issue.number}/lock`)
  await expect(world.emulator.as('otto').comment('mara/shop', issue.number, 'but')).rejects.toThrow('issue is locked')
  expect((await world.emulator.as('wren').comment('mara/shop', issue.number, 'done')).body).toBe('done')
  await expect(world.emulator.as('otto').editComment('mara/shop', (await world.emulator.as('wren').comments('mara/shop', issue.number))[0]?.id ?? 0, 'mine')).rejects.toThrow('403')
})

test('a repository also answers under its number, and pages link there', async () => {
  await using world = await openWorld()
  await make(world, 'a')
  await make(world, 'b')
  const first = await world.app.request('GET /repos/mara/shop/issues', { per_page: 1 })
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? ''
  expect(new URL(next).pathname).toMatch(/^\/repositories\/\d+\/issues$/)
  expect((await world.app.request(`GET ${next}`)).data).toMatchObject([{ title: 'a' }])
})

test('what did not change is not sent again', async () => {
  await using world = await openWorld()
  await make(world, 'a')
  const url = `${world.emulator.url}/api/v3/repos/mara/shop/issues/1`
  const first = await fetch(url)
  const etag = first.headers.get('etag') ?? ''
  expect(first.headers.get('x-ratelimit-limit')).toBe('5000')
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  await world.emulator.as('mara').editIssue('mara/shop', 1, { title: 'b' })
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(200)
})

test('deleted, transferred and renamed: the old address says what became of it', async () => {
  await using world = await openWorld()
  await world.emulator.addRepository({ owner: 'mara', name: 'other' })
  await make(world, 'deleted')
  await make(world, 'transferred')
  world.emulator.deleteIssue('mara/shop', 1)
  world.emulator.transferIssue('mara/shop', 2, 'mara/other')
  const get = (issue_number: number) => world.app.rest.issues.get({ ...world.repo, issue_number })
  expect(await refusal(get(1))).toMatchObject({ status: 410, message: expect.stringContaining('This issue was deleted') })
  expect((await get(2)).data).toMatchObject({ title: 'transferred', number: 1, html_url: `${world.emulator.url}/mara/other/issues/1` })
  world.emulator.renameRepository('mara/shop', 'store')
  expect((await world.app.rest.repos.get(world.repo)).data.full_name).toBe('mara/store')
  expect((await world.app.rest.issues.create({ ...world.repo, title: 'by the old name' })).status).toBe(201)
  await world.clone('user-wren')
  expect((await world.arrived()).slice(-4)).toEqual(['issues.deleted', 'issues.transferred', 'issues.opened', 'issues.opened'])
})
