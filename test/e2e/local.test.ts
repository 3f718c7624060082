import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/paths.ts'
import { startScriptedModel, type ScriptedModel } from '../../src/rehearsal/scripted/server.ts'
import { issue } from '../../src/rehearsal/story/request.ts'
import { until } from '../../src/stage/processes.ts'
import { png } from '../support/pictures.ts'
import { allGone, descendants, missions, type Given } from './missions.ts'

/** A person's own repository, a brief, and a model: what `missions local` is given. */
interface Desk extends AsyncDisposable {
  repo: string
  model: ScriptedModel
  git(...args: string[]): string
  local(...more: string[]): Given
}

async function desk(): Promise<Desk> {
  const dir = mkdtempSync(join(tmpdir(), 'local-'))
  const repo = join(dir, 'rooms')
  cpSync(join(packageRoot, 'dist/rehearsal/seed'), repo, { recursive: true })
  const git = (...args: string[]) => execFileSync('git', ['-C', repo, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { encoding: 'utf8' }).trim()
  git('init', '--quiet', '--initial-branch=trunk')
  git('add', '--all')
  git('commit', '--quiet', '-m', 'start')
  // As another mission, long ago, may have left it.
  git('branch', 'mission/1/main')
  git('branch', 'missions/1-no-more-double-bookings')
  writeFileSync(join(repo, 'draft.txt'), 'not committed\n')
  const brief = join(dir, 'brief.md')
  writeFileSync(brief, `# ${issue.title}\n\n${issue.body}\n\nIt should look like ![this](mock.png), not like ![that](gone.png).\n`)
  writeFileSync(join(dir, 'mock.png'), png(64, 48))
  const model = await startScriptedModel({ port: 0, defects: [], short: true })
  const chromium = process.env['CHROME_PATH']
  const env = {
    MISSIONS_DATA_DIR: join(dir, 's'),
    ANTHROPIC_API_KEY: 'scripted',
    ANTHROPIC_BASE_URL: model.url,
    MISSIONS_FACTS_MS: '2000',
    MISSIONS_JOB_LOCK_MS: '1500',
    ...(chromium ? { CHROME_PATH: chromium } : {}),
  }
  return {
    repo,
    model,
    git,
    local: (...more) => missions(['local', '--repo', join(repo, 'src'), '--brief', brief, '--yes', ...more], env),
    async [Symbol.asyncDispose]() {
      await model.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Of what the emulator keeps: who wrote what. */
interface World {
  attachments: { name: string }[]
  repositories: { comments: { user: string; body: string }[]; issues: { title: string; pull: unknown }[] }[]
}

const stateOf = (said: string) => /Everything is kept in (.+)\. Ctrl-C/.exec(said)?.[1] ?? ''
const fileOf = (said: string) => /The whole report: (.+)/.exec(said)?.[1] ?? ''

test('a brief becomes a branch in the person’s own repository, through kill -9, a stop and two more calls, with nothing done twice', { timeout: 600_000 }, async () => {
  await using at = await desk()
  const before = { refs: at.git('for-each-ref'), head: at.git('symbolic-ref', 'HEAD'), config: readFileSync(join(at.repo, '.git/config'), 'utf8'), status: at.git('status', '--porcelain') }

  {
    await using first = at.local()
    await until('features to be built', async () => first.said().includes('f1 active'), 200_000)
    expect(first.said()).toContain('Starting from trunk at')
    expect(first.said()).toContain('The brief shows gone.png: there is no such file')
    expect(first.said()).toContain('One uncommitted change is not part of the mission')
    await using second = at.local()
    expect(await second.ended()).toMatchObject({ code: 1, said: expect.stringContaining('This mission is running already') })
    const family = descendants(first.pid)
    first.tell('SIGKILL')
    await first.ended()
    // Nobody spends money for a GitHub that is gone.
    await allGone(family)
  }

  {
    await using again = at.local()
    await until('work to go on', async () => again.said().includes('f2 merged'), 200_000)
    expect(again.said()).toContain('Going on where it stood.')
    const family = descendants(again.pid)
    again.tell('SIGTERM')
    expect(await again.ended()).toMatchObject({ code: 130, said: expect.stringContaining('Stopped; run the same command to go on.') })
    await allGone(family)
  }

  await using last = at.local()
  const { code, said } = await last.ended(300_000)
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('Merged: 8 of 8 proved') })

  // The person said each thing once, and nothing was opened twice.
  const { world } = JSON.parse(readFileSync(join(stateOf(said), 'github/world.json'), 'utf8')) as { world: World }
  const [repository] = world.repositories
  expect(repository?.comments.filter(({ user }) => user === 'you').map(({ body }) => body)).toEqual(['Take the defaults.', expect.stringMatching(/^\/approve-plan [0-9a-f]{8}$/)])
  const titles = repository?.issues.map(({ title, pull }) => `${pull ? 'pull' : 'issue'} ${title}`) ?? []
  expect(titles.toSorted()).toEqual([...new Set(titles)].toSorted())
  const report = readFileSync(fileOf(said), 'utf8')

  // The planner saw what the brief shows, and was told of what it could not see.
  expect(world.attachments.map(({ name }) => name)).toEqual(['mock.png'])
  const trajectories = readdirSync(join(stateOf(said), 'data/trajectories'), { recursive: true, encoding: 'utf8' })
  const begun = trajectories
    .filter((name) => /(?:clarify|contract|decompose)\.[rn]\d+\.jsonl$/.test(name))
    .map((name) => readFileSync(join(stateOf(said), 'data/trajectories', name), 'utf8').split('\n')[0] ?? '')
  expect(begun.length).toBeGreaterThan(2)
  for (const line of begun) expect(line).toContain(png(64, 48).toString('base64'))
  for (const line of begun) expect(line).toContain('it is not there, or may not be seen (answer 404)')
  expect(report).toContain('The contract: 8 checks, 8 proved')

  // The result is there, beside what was there before; nothing else has changed.
  const branch = 'missions/1-no-more-double-bookings-2'
  expect(said).toContain(`The result is branch ${branch} in ${at.repo}`)
  expect(at.git('log', '--format=%s', `trunk..${branch}`)).toContain('Merge pull request')
  expect(at.git('diff', '--stat', `trunk..${branch}`)).toContain('src/')
  expect(at.git('for-each-ref', '--format=%(refname:short)', '--no-contains', branch).split('\n').toSorted()).toEqual(['mission/1/main', 'missions/1-no-more-double-bookings', 'trunk'])
  at.git('branch', '-D', branch)
  expect({ refs: at.git('for-each-ref'), head: at.git('symbolic-ref', 'HEAD'), config: readFileSync(join(at.repo, '.git/config'), 'utf8'), status: at.git('status', '--porcelain') }).toEqual(before)

  await using after = at.local()
  const told = await after.ended()
  expect(told).toMatchObject({ code: 0, said: expect.stringContaining('This mission is finished.') })
  expect(told.said).toContain('Merged: 8 of 8 proved')
})

test.each([
  [['--issue', 'x'], {}, 'ANTHROPIC_API_KEY: the key of your model account'],
  [['--issue', 'x'], { ANTHROPIC_API_KEY: 'k' }, 'There is no terminal to ask questions on'],
  [['--yes'], { ANTHROPIC_API_KEY: 'k' }, 'Say what is wanted: --brief'],
  [['--yes', '--brief', '/nowhere/brief.md'], { ANTHROPIC_API_KEY: 'k' }, 'The brief cannot be read'],
  [['--yes', '--issue', 'x', '--repo', '/nowhere'], { ANTHROPIC_API_KEY: 'k' }, 'There is no folder /nowhere'],
  [['--yes', '--issue', 'x'], { ANTHROPIC_API_KEY: 'k', MISSIONS_DAY_USD: 'much' }, 'MISSIONS_DAY_USD: must be a number'],
])('missions local %j is told what it lacks', async (args, env, told) => {
  await using asked = missions(['local', '--repo', packageRoot, ...args], env)
  expect(await asked.ended()).toMatchObject({ code: 1, said: expect.stringContaining(told) })
})
