import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { baselineCounts } from '../domain/dry-run.ts'
import { libraryFolder, libraryOf } from '../domain/library.ts'
import type { Mission } from '../domain/mission.ts'
import type { Emulator } from '../emulator/emulator.ts'
import { place } from './stage.ts'
import { defects } from './story/defects.ts'

/** What the story promised and was not so; empty when all of it was. */
export async function brokenExpectations(m: Mission, emulator: Emulator, planted: readonly number[]): Promise<string[]> {
  return [...fromMission(m, planted), ...(await fromGitHub(m, emulator, planted)), ...(await fromCode(m, emulator))]
}

function fromMission(m: Mission, planted: readonly number[]): string[] {
  const found = m.findings.filter((f) => f.decision.is === 'fix')
  const expected = defects.filter((d) => planted.includes(d.n))
  return [
    ...unless(m.outcome === 'validated', `the mission ended as ${m.outcome ?? m.phase}, not validated`),
    ...Object.entries(m.assertions).flatMap(([id, a]) => unless(a?.result === 'pass', `${id} is ${a?.result ?? 'missing'} at the end`)),
    ...unless(
      m.features.every((f) => f.status === 'merged'),
      'a feature was not merged',
    ),
    ...unless(expected.length > 0 || m.findings.length === 0, `there were findings without a defect: ${m.findings.map((f) => f.finding.what).join('; ')}`),
    ...expected.flatMap((d) =>
      unless(
        found.some((f) => (d.found_by.kind === 'product' ? f.finding.assertion === d.found_by.assertion : f.finding.place?.path === d.found_by.path)),
        `defect ${d.n} (${d.what}) was not found`,
      ),
    ),
    ...found.flatMap((f) =>
      unless(
        expected.some((d) => (d.found_by.kind === 'product' ? f.finding.assertion === d.found_by.assertion : f.finding.place?.path === d.found_by.path)),
        `a finding about no planted defect: ${f.finding.what}`,
      ),
    ),
    ...triedFirst(m),
    ...unless(ranInParallel(m), 'no two workers ran at the same time'),
    ...unless(
      new Set(m.features.map((f) => f.feature.milestone)).size >= 2 && m.features.filter((f) => f.feature.fixes.length === 0).length >= 5,
      'the plan is smaller than two milestones and five features',
    ),
  ]
}

/** The plan was tried on the seed before it was approved: what is marked holds today, the rest asks for what is missing. */
function triedFirst(m: Mission): string[] {
  const { fails, holds } = baselineCounts(m)
  const all = m.contract?.assertions ?? []
  const regressions = all.filter((a) => a.regression).length
  return [
    ...unless(m.dry_run?.report?.start?.up === true && m.dry_run.report.procedures.every((p) => p.exit === 0), 'the dry run did not start the product, or found a red procedure'),
    ...unless(holds === regressions && fails === all.length - regressions, `on the base ${fails} checks fail and ${holds} hold, of ${all.length} with ${regressions} regressions`),
    ...unless(m.dry_run?.troubles.length === 0, `the plan was shown with trouble: ${m.dry_run?.troubles.join(' ')}`),
  ]
}

function ranInParallel(m: Mission): boolean {
  const builds = Object.values(m.runs).filter((r) => r.task === 'build')
  return builds.some((a) => builds.some((b) => a !== b && a.started_at < (b.ended_at ?? '') && b.started_at < (a.ended_at ?? '') && a.feature !== b.feature))
}

async function fromGitHub(m: Mission, emulator: Emulator, planted: readonly number[]): Promise<string[]> {
  const mara = emulator.as(place.person)
  const { number } = m.request.issue
  const states = await Promise.all([number, m.tracking_issue, ...m.features.map((f) => f.issue)].map(async (n) => (n === null ? 'missing' : (await mara.issue(place.full, n)).state)))
  const reviewed = defects.filter((d) => planted.includes(d.n) && d.found_by.kind === 'review')
  const remarks = (await Promise.all(m.features.filter((f) => f.pull !== null && !f.on).map((f) => mara.reviewComments(place.full, f.pull ?? 0)))).flat()
  const head = m.integration?.head ?? ''
  const { check_runs } = await mara.request<{ check_runs: { name: string; conclusion: string | null }[] }>(`GET /repos/${place.full}/commits/${head}/check-runs`)
  const bodies = (await mara.comments(place.full, number)).map((c) => c.body ?? '')
  return [
    ...unless(
      states.every((s) => s === 'closed'),
      `an issue is not closed: ${states.join(', ')}`,
    ),
    ...reviewed.flatMap((d) =>
      unless(
        remarks.some((r) => d.found_by.kind === 'review' && r.path === d.found_by.path && r.original_line !== null),
        `no review comment with file and line about ${d.what}`,
      ),
    ),
    ...unless(
      check_runs
        .filter((c) => c.name === 'missions/validation')
        .map((c) => c.conclusion)
        .join() === 'success',
      'missions/validation is not green on the final head',
    ),
    ...unless(new Set(bodies).size === bodies.length, 'a comment stands twice on the issue'),
  ]
}

/** What arrived on the default branch is cloned and its tests are run. */
async function fromCode(m: Mission, emulator: Emulator): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  const run = promisify(execFile)
  try {
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:user-${place.person}`).toString('base64')}`
    await run('git', ['-c', `http.extraheader=${header}`, 'clone', '--quiet', `${emulator.url}/${place.full}.git`, join(dir, 'rooms')])
    await run(process.execPath, ['--test'], { cwd: join(dir, 'rooms') })
    return await fromLibrary(m, join(dir, 'rooms', libraryFolder))
  } catch (error) {
    return [`the tests on the default branch fail: ${error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error)}`]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What was accepted can be read on the default branch, and nothing else. */
async function fromLibrary(m: Mission, folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)))
  const library = libraryOf(files)
  const accepted = m.knowledge.filter((k) => k.decision.is === 'accepted')
  return [
    ...unless(accepted.length >= 2, `${accepted.length} entries were accepted, not two at least`),
    ...unless(
      m.knowledge.every((k) => k.decision.is !== 'new'),
      'nobody decided about an entry',
    ),
    ...accepted.flatMap((k) =>
      unless(k.decision.is === 'accepted' && library.some((x) => k.decision.is === 'accepted' && x.text === k.decision.text), `${k.id} is not in the library of the default branch`),
    ),
    ...unless(library.length === accepted.length, `the library holds ${library.length} entries, and ${accepted.length} were accepted`),
  ]
}

function unless(holds: boolean, otherwise: string): string[] {
  return holds ? [] : [otherwise]
}
