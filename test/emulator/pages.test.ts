import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { png } from '../support/pictures.ts'
import { openWorld } from './world.ts'
import type { TestWorld } from './world.ts'

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

async function read(world: TestWorld, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(world.emulator.url + path, { headers: { accept: 'text/html' } })
  return { status: response.status, text: await response.text() }
}

test('a person labels, answers and closes an issue in a browser', async () => {
  await using world = await openWorld()
  const { emulator } = world
  const page = await browser.newPage()
  await page.goto(`${emulator.url}/mara/shop/issues/new`)
  await page.fill('input[name=title]', 'No double bookings')
  await page.fill('textarea', 'please, **now**')
  await page.fill('input[name=label]', 'mission')
  await page.setInputFiles('input[name=picture]', { name: 'mock.png', mimeType: 'image/png', buffer: png(30, 20) })
  await page.selectOption('select[name=as]', 'wren')
  await page.click('text=Create')
  expect(new URL(page.url()).pathname).toBe('/mara/shop/issues/1')
  expect(await page.locator('h1').innerText()).toBe('No double bookings #1')
  await expect.poll(() => page.locator('article img').evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(30)
  await page.fill('textarea', '/approve-plan')
  await page.click('button:has-text("Comment")')
  await page.waitForSelector('article[id^=issuecomment]')
  await page.click('button:has-text("Close")')
  await page.waitForSelector('.state.closed')
  await page.close()
  expect(await world.arrived()).toEqual(['installation.created', 'issues.opened', 'issues.labeled', 'issue_comment.created', 'issues.closed'])
  expect(world.received.at(-1)?.payload['sender'].login).toBe('wren')
})

test('a person reads the findings in the diff, approves and merges', async () => {
  await using world = await openWorld()
  const { emulator, app, repo } = world
  const { data: main } = await app.rest.repos.getBranch({ ...repo, branch: 'main' })
  await app.rest.git.createRef({ ...repo, ref: 'refs/heads/mission/1/f1-lock', sha: main.commit.sha })
  await emulator.as('wren').commitFile('mara/shop', 'mission/1/f1-lock', 'server.js', 'one\ntwo\n')
  const { data: pull } = await app.rest.pulls.create({ ...repo, title: 'Lock', head: 'mission/1/f1-lock', base: 'main' })
  await app.rest.pulls.createReview({ ...repo, pull_number: pull.number, event: 'COMMENT', body: 'one finding', comments: [{ path: 'server.js', line: 2, body: 'a **race**' }] })
  await app.rest.checks.create({
    ...repo,
    name: 'missions/validation',
    head_sha: pull.head.sha,
    conclusion: 'success',
    output: { title: '3 of 3 proved', summary: '| a | b |\n|-|-|\n| VAL-1 | pass |' },
  })
  const page = await browser.newPage()
  await page.goto(`${pull.html_url}/files`)
  expect(await page.locator('tr:has(td:text-is("two")) + tr.said strong').innerText()).toBe('race')
  await page.selectOption('select[name=as]', 'wren')
  await page.click('button:has-text("Approve")')
  await page.waitForURL(pull.html_url)
  expect(await page.locator('.box').last().innerText()).toContain('wren approved')
  expect(await page.locator('.box summary').innerText()).toContain('passed missions/validation 3 of 3 proved')
  await page.click('button:text-is("Merge")')
  await page.waitForSelector('.state.merged')
  await page.close()
  expect((await emulator.as('mara').pull('mara/shop', pull.number)).merged_by?.login).toBe('wren')
})

test('a refusal is shown where the person stands', async () => {
  await using world = await openWorld()
  const issue = await world.emulator.as('mara').createIssue('mara/shop', { title: 'x' })
  const body = new URLSearchParams({ act: 'label', label: 'bug', as: 'otto' })
  const response = await fetch(`${world.emulator.url}/mara/shop/issues/${issue.number}`, { method: 'POST', body })
  expect(await response.text()).toContain('Refused (403)')
  const foreign = await fetch(`${world.emulator.url}/mara/shop/issues/1`, { method: 'POST', body, headers: { origin: 'http://elsewhere.example' } })
  expect(foreign.status).toBe(403)
})

test('what people and models write cannot act in the page', async () => {
  await using world = await openWorld()
  await world.emulator.as('otto').createIssue('mara/shop', {
    title: '<script>alert(1)</script>',
    body: '<script>alert(2)</script><img src=x onerror=alert(3)> <a href="javascript:alert(4)">x</a> <!-- marker --><details open><summary>more</summary>\n\n- [x] done\n\n</details>\n\n```mermaid\nflowchart <b>\n```',
  })
  const { text } = await read(world, '/mara/shop/issues/1')
  expect(text).not.toMatch(/<script|onerror|javascript:|marker|<b>\n/)
  expect(text).toContain('&lt;script&gt;alert(1)')
  expect(text).toMatch(/<details open><summary>more<\/summary>[\s\S]*type="checkbox"[\s\S]*flowchart &lt;b&gt;/)
})

test('every page opens, and nothing else does', async () => {
  await using world = await openWorld()
  const mara = world.emulator.as('mara')
  await mara.createIssue('mara/shop', { title: 'parent' })
  const child = await mara.createIssue('mara/shop', { title: 'child' })
  await mara.request('POST /repos/mara/shop/issues/1/sub_issues', { sub_issue_id: child.id })
  await mara.request('POST /repos/mara/shop/git/refs', { ref: 'refs/heads/a/b', sha: (await mara.request<{ commit: { sha: string } }>('GET /repos/mara/shop/branches/main')).commit.sha })
  const sha = await mara.commitFile('mara/shop', 'a/b', 'dir/code.js', 'const a = 1 < 2\n')
  const run = await world.emulator.ci('mara').checkRun('mara/shop', { name: 'test', head_sha: sha, conclusion: 'success' })
  await mara.openPull('mara/shop', { title: 'p', head: 'a/b', base: 'main' })
  const below = [
    '',
    '/issues',
    '/issues?state=closed',
    '/issues/new',
    '/issues/1',
    '/pulls',
    '/pull/3',
    '/pull/3/commits',
    '/pull/3/files',
    `/commit/${sha}`,
    '/commits/a/b',
    '/compare/main...a/b',
    '/branches',
    '/tree/a/b/dir',
    '/blob/a/b/dir/code.js',
    '/raw/a/b/dir/code.js',
    `/runs/${run.id}`,
  ]
  const statuses = await Promise.all(['/', '/mara', ...below.map((path) => `/mara/shop${path}`)].map(async (path) => [path, (await read(world, path)).status]))
  expect(statuses.filter(([, status]) => status !== 200)).toEqual([])
  expect((await read(world, '/mara/shop/issues/1')).text).toContain('0 of 1 done')
  expect((await read(world, '/mara/shop/blob/a/b/dir/code.js')).text).toContain('const a = 1 &lt; 2')
  expect((await read(world, '/mara/shop/issues/99')).status).toBe(404)
  expect((await read(world, '/mara/shop/pull/1')).status).toBe(404)
  expect((await read(world, '/nobody/nothing')).status).toBe(404)
})
