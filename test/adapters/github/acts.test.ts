import { expect, test } from 'vitest'
import type { Dump } from '../../../src/emulator/emulator.ts'
import { openStage } from './stage.ts'
import { wholeMission } from './story.ts'

test('a whole mission leaves one of each thing', { timeout: 60_000 }, async () => {
  await using stage = await openStage('once')
  await wholeMission(stage)
  expect(inventory(await stage.emulator.dump())).toEqual(expected)
})

test('each act done twice leaves the same', { timeout: 90_000 }, async () => {
  await using stage = await openStage('twice')
  await wholeMission(stage)
  expect(inventory(await stage.emulator.dump())).toEqual(expected)
})

test('each answer to a change lost on its way leaves the same', { timeout: 120_000 }, async () => {
  await using stage = await openStage('answers lost')
  await wholeMission(stage)
  // Comments, issues, links, pull requests, reviews, merges, closings: each was once the last thing that was done.
  expect(stage.lost()).toBeGreaterThan(35)
  expect(inventory(await stage.emulator.dump())).toEqual(expected)
})

const us = 'missions-test[bot]'
const closed = { user: us, state: 'closed', state_reason: 'completed' }

const expected = {
  issues: [
    { number: 1, title: 'No double bookings', user: 'mara', state: 'closed', state_reason: 'completed', labels: ['mission'], children: [2], blocked_by: [] },
    { number: 2, title: 'Mission 1: Rooms', ...closed, labels: ['mission-plan'], children: [3, 4, 6], blocked_by: [] },
    { number: 3, title: 'f1: Feature 1', ...closed, labels: ['mission-feature'], children: [], blocked_by: [] },
    { number: 4, title: 'f2: Feature 2', ...closed, labels: ['mission-feature'], children: [], blocked_by: [3] },
    { number: 6, title: 'f3: Fix: Await the write', ...closed, labels: ['mission-fix'], children: [], blocked_by: [] },
  ],
  pulls: [
    { number: 5, title: 'f1: Feature 1', state: 'closed', head: 'mission/1/f1-feature-1', base: 'mission/1/main', merged: true },
    { number: 7, title: 'f2: Feature 2', state: 'closed', head: 'mission/1/f2-feature-2', base: 'mission/1/main', merged: true },
    { number: 8, title: 'Mission 1: Rooms', state: 'closed', head: 'mission/1/main', base: 'main', merged: true },
  ],
  // Status, questions, approval, the person's command, what validators found (tracking issue, feature 2), closing.
  comments: [1, 1, 1, 1, 2, 7, 1].map((on, i) => ({ on, user: i === 3 ? 'mara' : us })),
  // f1 with its file comment, f1 again, f2, and the synthesis of the milestone on f2.
  reviews: [5, 5, 5, 7, 7].map((on) => ({ on, user: us, state: 'COMMENTED' })),
  review_comments: [
    { on: 5, path: 'server.js', line: 3, subject_type: 'line' },
    { on: 5, path: 'server.js', line: null, subject_type: 'file' },
    { on: 7, path: 'tool.js', line: 2, subject_type: 'line' },
  ],
  reactions: [
    { on: 'issue', content: 'eyes', user: us },
    { on: 'comment', content: 'rocket', user: us },
  ],
  checks: [{ name: 'missions/validation', conclusion: 'success', external_id: 'R-1' }],
  branches: ['refs/heads/main', 'refs/heads/mission/1/main'],
}

/** What a person would count, ids and times left out. */
function inventory(dump: Dump) {
  const [repository] = dump.repositories
  if (repository === undefined) throw new Error('no repository')
  const numberOf = (issue_id: number) => repository.issues.find((issue) => issue.id === issue_id)?.number
  return {
    issues: repository.issues
      .filter((issue) => issue.pull === null)
      .map(({ number, title, state, state_reason, labels, sub_issue_ids, blocked_by_ids, user }) => ({
        number,
        title,
        user,
        state,
        state_reason,
        labels,
        children: sub_issue_ids.map(numberOf),
        blocked_by: blocked_by_ids.map(numberOf),
      })),
    pulls: repository.issues.flatMap(({ number, title, state, pull }) => (pull === null ? [] : [{ number, title, state, head: pull.head.ref, base: pull.base.ref, merged: pull.merged_at !== null }])),
    comments: repository.comments.map((comment) => ({ on: numberOf(comment.issue_id), user: comment.user })),
    reviews: repository.reviews.map((review) => ({ on: numberOf(review.issue_id), user: review.user, state: review.state })),
    review_comments: repository.review_comments.map(({ path, line, subject_type, issue_id }) => ({ on: numberOf(issue_id), path, line: subject_type === 'file' ? null : line, subject_type })),
    reactions: repository.reactions.map(({ on, content, user }) => ({ on, content, user })),
    checks: repository.check_runs.map(({ name, conclusion, external_id }) => ({ name, conclusion, external_id: external_id.replace(/^\d+/, 'R') })),
    branches: Object.keys(repository.refs).filter((ref) => ref.startsWith('refs/heads/')),
  }
}
