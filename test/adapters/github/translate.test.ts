import { describe, expect, test } from 'vitest'
import { translate } from '../../../src/adapters/github/translate.ts'
import { hook, identity, issueOf, mara, ourMarkers, pullOf, repository, sha, us } from './people.ts'

const app = { identity, markers: ourMarkers }
const place = { id: 81234, installation_id: 5, owner: 'acme', name: 'rooms', default_branch: 'main' }
const otherBot = { login: 'dependabot[bot]', type: 'Bot' }
const mission = { label: { name: 'mission' } }

describe('labels', () => {
  test('the label asks for a mission, with title and body as of that delivery', () => {
    expect(translate('issues', hook('labeled', mara, { issue: issueOf(mara), ...mission }), app)).toEqual({
      id: 'issue/7/labelled@2026-03-01T10:00:00Z',
      at: '2026-03-01T10:00:00Z',
      repository: place,
      fact: 'labelled',
      issue: 7,
      by: 'mara',
      updated_at: '2026-03-01T10:00:00Z',
      title: 'Rooms',
      body: 'Please',
      author: 'mara',
    })
  })

  test('another label, a bot, or an issue of our own asks for nothing', () => {
    expect(translate('issues', hook('labeled', mara, { issue: issueOf(mara), label: { name: 'bug' } }), app)).toBeNull()
    expect(translate('issues', hook('labeled', otherBot, { issue: issueOf(mara), ...mission }), app)).toBeNull()
    expect(translate('issues', hook('labeled', mara, { issue: issueOf(us), ...mission }), app)).toBeNull()
  })

  test('taking the label away is a fact when a person does it, not when we do', () => {
    expect(translate('issues', hook('unlabeled', mara, { issue: issueOf(mara), ...mission }), app)).toMatchObject({ fact: 'unlabelled', id: 'issue/7/unlabelled@2026-03-01T10:00:00Z', by: 'mara' })
    expect(translate('issues', hook('unlabeled', us, { issue: issueOf(mara), ...mission }), app)).toBeNull()
  })

  test('without an installation there is nobody to act as', () => {
    const { installation: _, ...uninstalled } = hook('labeled', mara, { issue: issueOf(mara), ...mission })
    expect(translate('issues', uninstalled, app)).toBeNull()
  })
})

describe('issues that close', () => {
  const closed = issueOf(mara, { closed_at: '2026-03-02T08:30:00Z' })
  test('carry the time, so that a second closing is another fact', () => {
    expect(translate('issues', hook('closed', mara, { issue: closed }), app)).toMatchObject({ fact: 'issue_closed', id: 'issue/7/closed@2026-03-02T08:30:00Z', issue: 7 })
    expect(translate('issues', hook('reopened', mara, { issue: issueOf(mara) }), app)).toMatchObject({ fact: 'issue_reopened', id: 'issue/7/reopened@2026-03-01T10:00:00Z' })
  })
  test('are none of our business when we or our own issues do it', () => {
    expect(translate('issues', hook('closed', us, { issue: closed }), app)).toBeNull()
    expect(translate('issues', hook('closed', mara, { issue: { ...closed, user: us } }), app)).toBeNull()
  })
})

describe('comments', () => {
  const comment = { id: 991, body: '/approve-plan', created_at: '2026-03-01T11:00:00Z', user: mara }
  test('on a person’s issue belong to that issue, whatever mission it has', () => {
    expect(translate('issue_comment', hook('created', mara, { issue: issueOf(mara), comment }), app)).toMatchObject({
      fact: 'commented',
      id: 'comment/991',
      issue: 7,
      key: null,
      comment: 991,
      by: 'mara',
      body: '/approve-plan',
      created_at: '2026-03-01T11:00:00Z',
    })
  })
  test('on the tracking issue find their mission by its marker', () => {
    const tracking = issueOf(us, { number: 42, body: ourMarkers.sign(repository.id, '81234-7.tracking', 'Plan') })
    expect(translate('issue_comment', hook('created', mara, { issue: tracking, comment }), app)).toMatchObject({ issue: 42, key: '81234-7' })
  })
  test('below a pasted marker belong to nobody', () => {
    const body = ourMarkers.sign(repository.id, '81234-7.tracking', 'Plan')
    expect(translate('issue_comment', hook('created', mara, { issue: issueOf(mara, { body, pull_request: {} }), comment }), app)).toBeNull()
    expect(translate('issue_comment', hook('created', mara, { issue: issueOf(mara, { body }), comment }), app)).toMatchObject({ key: null })
    expect(translate('issue_comment', hook('created', mara, { issue: issueOf(us, { body: body.replace('81234-7.', '81234-8.') }), comment }), app)).toBeNull()
  })
  test('of bots and through apps are ignored, and so are edits', () => {
    expect(translate('issue_comment', hook('created', us, { issue: issueOf(mara), comment: { ...comment, user: us } }), app)).toBeNull()
    expect(translate('issue_comment', hook('created', otherBot, { issue: issueOf(mara), comment: { ...comment, user: otherBot } }), app)).toBeNull()
    expect(translate('issue_comment', hook('created', mara, { issue: issueOf(mara), comment: { ...comment, performed_via_github_app: { id: 3 } } }), app)).toBeNull()
    expect(translate('issue_comment', hook('edited', mara, { issue: issueOf(mara), comment }), app)).toBeNull()
  })
})

describe('pull requests', () => {
  const branch = 'mission/7/f1-web-page'
  const closed = pullOf(branch, { closed_at: '2026-03-02T08:30:00Z' })
  test('find their mission by branch', () => {
    expect(translate('pull_request', hook('closed', mara, { pull_request: closed }), app)).toMatchObject({
      fact: 'pull_closed',
      id: 'pr/31/closed@2026-03-02T08:30:00Z',
      key: '81234-7',
      pull: 31,
      branch,
      by: 'mara',
      merge_sha: null,
    })
    expect(translate('pull_request', hook('closed', mara, { pull_request: { ...closed, merged: true, merge_commit_sha: sha('b') } }), app)).toMatchObject({ merge_sha: sha('b') })
    expect(translate('pull_request', hook('synchronize', mara, { pull_request: pullOf(branch) }), app)).toMatchObject({ fact: 'head_moved', id: `pr/31/head@${sha('a')}`, sha: sha('a'), branch })
  })
  test('of a fork with our branch name are not ours', () => {
    const fork = { ...closed, head: { ...closed.head, repo: { id: 1 } } }
    expect(translate('pull_request', hook('closed', mara, { pull_request: fork }), app)).toBeNull()
    expect(translate('pull_request', hook('closed', mara, { pull_request: { ...closed, head: { ...closed.head, repo: null } } }), app)).toBeNull()
  })
  test('closed, merged or pushed by ourselves are no news', () => {
    expect(translate('pull_request', hook('closed', us, { pull_request: closed }), app)).toBeNull()
    expect(translate('pull_request', hook('synchronize', us, { pull_request: pullOf(branch) }), app)).toBeNull()
  })
  test('reviewed by a person: only what approves or asks for a change', () => {
    const review = { id: 12, state: 'approved', body: null, commit_id: sha('a'), submitted_at: '2026-03-01T11:00:00Z', user: mara }
    const payload = (more: object) => hook('submitted', mara, { pull_request: pullOf(branch), review: { ...review, ...more } })
    expect(translate('pull_request_review', payload({}), app)).toMatchObject({ fact: 'reviewed', id: 'review/12', state: 'approved', head: sha('a'), body: '' })
    expect(translate('pull_request_review', payload({ state: 'commented' }), app)).toBeNull()
    expect(translate('pull_request_review', payload({ user: us }), app)).toBeNull()
  })
})

test('a push counts on the integration branch; on a feature’s branch its pull request tells', () => {
  const push = (ref: string, more: object = {}) => hook(null, mara, { ref, after: sha('c'), deleted: false, repository: { ...repository, pushed_at: 1772359200 }, ...more })
  expect(translate('push', push('refs/heads/mission/7/main'), app)).toMatchObject({
    fact: 'head_moved',
    id: `branch/mission/7/main@${sha('c')}`,
    at: '2026-03-01T10:00:00Z',
    key: '81234-7',
    sha: sha('c'),
  })
  expect(translate('push', push('refs/heads/mission/7/f1-x'), app)).toBeNull()
  expect(translate('push', push('refs/heads/main'), app)).toBeNull()
  expect(translate('push', push('refs/heads/mission/7/main', { deleted: true }), app)).toBeNull()
  expect(translate('push', { ...push('refs/heads/mission/7/main'), sender: us }, app)).toBeNull()
})

describe('checks', () => {
  const run = { id: 4, name: 'test', head_sha: sha('a'), completed_at: '2026-03-01T11:00:00Z', app: { id: 1 }, check_suite: { head_branch: 'mission/7/f1-x' } }
  test('on a mission’s branches count, also as statuses', () => {
    expect(translate('check_run', hook('completed', mara, { check_run: run }), app)).toMatchObject({ fact: 'checks_changed', id: 'check/4@2026-03-01T11:00:00Z', sha: sha('a') })
    expect(
      translate('check_suite', hook('completed', mara, { check_suite: { id: 9, head_sha: sha('a'), head_branch: 'mission/7/main', updated_at: '2026-03-01T11:00:00Z', app: { id: 1 } } }), app),
    ).toMatchObject({ id: 'suite/9@2026-03-01T11:00:00Z' })
    expect(translate('status', hook(null, mara, { id: 3, sha: sha('a'), state: 'success', updated_at: '2026-03-01T11:00:00Z', branches: [{ name: 'mission/7/main' }] }), app)).toMatchObject({
      fact: 'checks_changed',
      id: 'status/3',
    })
  })
  test('elsewhere, unfinished, or our own, do not', () => {
    expect(translate('check_run', hook('completed', mara, { check_run: { ...run, check_suite: { head_branch: 'main' } } }), app)).toBeNull()
    expect(translate('check_run', hook('completed', us, { check_run: { ...run, name: 'missions/validation', app: { id: 77 } } }), app)).toBeNull()
    expect(translate('status', hook(null, mara, { id: 3, sha: sha('a'), state: 'pending', updated_at: '2026-03-01T11:00:00Z', branches: [{ name: 'mission/7/main' }] }), app)).toBeNull()
  })
})

test('losing access says which repositories', () => {
  const installation = { id: 5, account: { login: 'acme' }, updated_at: 1772359200 }
  expect(translate('installation', { action: 'deleted', installation }, app)).toMatchObject({ fact: 'access_lost', id: 'installation/5/deleted@2026-03-01T10:00:00Z', repositories: 'all' })
  expect(translate('installation', { action: 'suspend', installation }, app)).toMatchObject({ repositories: 'all' })
  expect(translate('installation_repositories', { action: 'removed', installation, repositories_removed: [{ id: 81234, name: 'rooms' }] }, app)).toMatchObject({
    fact: 'access_lost',
    repositories: [81234],
  })
  expect(translate('installation', { action: 'created', installation }, app)).toBeNull()
})

test('nonsense is nothing', () => {
  for (const payload of [null, 3, 'x', [], {}, { action: 'labeled' }, { action: 'constructor' }]) {
    expect(translate('issues', payload, app)).toBeNull()
    expect(translate('push', payload, app)).toBeNull()
  }
  expect(translate('toString', {}, app)).toBeNull()
})
