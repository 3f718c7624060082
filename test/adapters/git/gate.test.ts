import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leavesTree, looseCase } from '../../../src/adapters/git/gate-rules.ts'
import type { Sha } from '../../../src/domain/id.ts'
import type { House } from '../../contracts/workspaces.ts'
import { buildHouse } from './house.ts'
import type { Files } from './remote.ts'

const base: Files = {
  'README.md': 'hello\n',
  'src/a.txt': 'a\n',
  '.github/workflows/ci.yml': 'on: push\n',
  '.gitattributes': '*.psd filter=lfs\n',
  'docs/CODEOWNERS': '* @ada\n',
}

const only_people = 'which only people change.'
const refused: [string, Files, string[]][] = [
  ['a workflow', { '.github/workflows/ci.yml': 'on: pull_request\n' }, [`.github/workflows/ci.yml is a workflow, ${only_people}`]],
  [
    'a workflow in another case',
    { '.GitHub/Workflows/x.yml': 'x' },
    [`.GitHub/Workflows/x.yml is a workflow, ${only_people}`, '.GitHub/Workflows/x.yml differs from .github in upper and lower case only.'],
  ],
  ['a workflow moved away', { '.github/workflows/ci.yml': null, 'ci.yml': 'on: push\n' }, [`.github/workflows/ci.yml is a workflow, ${only_people}`]],
  ['a file moved to the workflows', { 'src/a.txt': null, '.github/workflows/a.yml': 'a\n' }, [`.github/workflows/a.yml is a workflow, ${only_people}`]],
  [
    'the workflows as a link',
    { '.github/workflows/ci.yml': null, '.github/workflows': { link: '../src' } },
    [`.github/workflows is a workflow, ${only_people}`, `.github/workflows/ci.yml is a workflow, ${only_people}`],
  ],
  ['an action', { '.github/actions/x/action.yml': 'x' }, [`.github/actions/x/action.yml belongs to an action, ${only_people}`]],
  ['owners', { 'docs/CODEOWNERS': null, CodeOwners: '* @eve\n' }, [`CodeOwners says who owns the code, ${only_people}`, `docs/CODEOWNERS says who owns the code, ${only_people}`]],
  ['submodule settings', { 'sub/.gitmodules': 'x' }, ['sub/.gitmodules lists submodules, which is not allowed.']],
  ['an absolute link', { 'src/l': { link: '/etc/passwd' } }, ['src/l is a link to /etc/passwd, which leaves the repository.']],
  ['a link out of the tree', { 'src/l': { link: '../../x' } }, ['src/l is a link to ../../x, which leaves the repository.']],
  ['a new filter', { '.gitattributes': '*.psd filter=lfs\n* filter=evil\n' }, ['.gitattributes names a filter, which would run a program on a checkout.']],
  ['a hook', { '.githooks/pre-push': 'x' }, ['.githooks/pre-push is a git hook, which is not allowed.']],
  ['a case collision', { 'SRC/b.txt': 'x', 'readme.md': 'x' }, ['SRC/b.txt differs from src in upper and lower case only.', 'readme.md differs from README.md in upper and lower case only.']],
  ['a large file', { 'big.bin': Buffer.alloc(6 * 1024 * 1024) }, ['big.bin has 6.0 MB; more than 5 MB is not pushed.']],
  [
    'control characters',
    { 'a\u001b[31m': 'x', 'b\u202etxt': 'y' },
    ['a\\u{1b}[31m has control or invisible characters in its name.', 'b\\u{202e}txt has control or invisible characters in its name.'],
  ],
  ['registry settings', { 'web/.npmrc': 'registry=x' }, [`web/.npmrc sets where packages come from, ${only_people}`]],
  ["the operator's own", { 'infra/main.tf': 'x' }, ["infra/main.tf is protected by this app's configuration."]],
]

const allowed: [string, Files][] = [
  ['code, manifests and instructions', { 'src/b.txt': 'b', 'package.json': '{}', 'AGENTS.md': '# x', '.github/ISSUE_TEMPLATE/bug.md': 'x', '.husky/pre-commit': 'x' }],
  ['links that stay', { 'src/l': { link: 'a.txt' }, 'deep/er/l': { link: '../../src/a.txt' } }],
  ['attributes without a new filter', { '.gitattributes': '*.psd filter=lfs\n*.sh text eol=lf\n' }],
  ['a rename', { 'src/a.txt': null, 'src/c.txt': 'a\n' }],
  ['a change of case', { 'README.md': null, 'Readme.md': 'hello\n' }],
  ['nothing', {}],
]

describe('the push gate', () => {
  let house: House
  let first: Sha
  beforeEach(async () => {
    house = await buildHouse({ protected: ['infra/'] })
    first = await house.remote.write('main', base)
  })
  afterEach(() => house[Symbol.asyncDispose]())
  const gate = async (files: Files) => house.workspaces.gate(house.repository, first, await house.remote.write('mission/1/f1', files, 'main'))

  it.each(refused)('refuses %s', async (_, files, sentences) => expect((await gate(files)).toSorted()).toEqual(sentences.toSorted()))
  it.each(allowed)('lets %s pass', async (_, files) => expect(await gate(files)).toEqual([]))

  it('sees a large file that a later commit took away', async () => {
    await house.remote.write('mission/1/f1', { 'big.bin': Buffer.alloc(6 * 1024 * 1024) }, 'main')
    expect(await gate({ 'big.bin': null })).toEqual(['big.bin has 6.0 MB; more than 5 MB is not pushed.'])
  })

  it('refuses a submodule', async () => {
    const { remote, workspaces, repository } = house
    const tree = await remote.git('ls-tree', first)
    await remote.write('side', {}, 'main')
    const { spawnSync } = await import('node:child_process')
    const made = spawnSync('git', ['mktree', '--missing'], { cwd: remote.bare, input: `${tree}\n160000 commit ${first}\tvendor\n`, encoding: 'utf8' }).stdout.trim()
    const sha = await remote.git('commit-tree', made, '-p', first, '-m', 'sub')
    await remote.git('update-ref', 'refs/heads/side', sha)
    expect(await workspaces.gate(repository, first, (await remote.head('side')) ?? first)).toEqual(['vendor is a submodule, which is not allowed.'])
  })
})

describe('a link', () => {
  it.each([
    ['l', 'a', false],
    ['l', './a/b', false],
    ['d/l', '..', false],
    ['d/l', '../..', true],
    ['l', '..', true],
    ['l', 'd/../../x', true],
    ['l', 'd/..', true],
    ['l', '/a', true],
    ['l', '', true],
    ['l', 'C:\\x', true],
    ['d/l', '..\\..\\x', true],
    ['l', '.git/config', true],
    ['l', '.GIT', true],
  ])('%s → %s leaves the tree: %s', (link, target, leaves) => expect(leavesTree(link, target)).toBe(leaves))
})

it('a name is compared as careless file systems see it', () => {
  expect(looseCase('.GitHub/work\u200Bflows./X ')).toBe('.github/workflows/x')
})
