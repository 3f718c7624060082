import type { Diff } from '../../ports/workspaces.ts'
import type { Git } from './command.ts'

const limit_bytes = 400 * 1000
const plain = ['--no-ext-diff', '--no-textconv', '--no-color', '-M', '-l2000', '--src-prefix=a/', '--dst-prefix=b/']

/** What `head` has since it left `base`: as in a pull request, what `base` alone got meanwhile is not shown. */
export async function diffCommits(git: Git, git_dir: string, from: { base: string; head: string; tree?: string }): Promise<Diff> {
  const start = await forkPoint(git, git_dir, from.base, from.head)
  const range = [start, from.tree ?? from.head]
  const [text, counts] = await Promise.all([
    git({ git_dir, args: ['diff', ...plain, ...range, '--'], limit_bytes, beyond: 'cut' }),
    git({ git_dir, args: ['diff', ...plain, '--numstat', '-z', ...range, '--'] }),
  ])
  const whole = text.stdout.toString('utf8')
  return {
    text: text.cut ? whole.slice(0, whole.lastIndexOf('\n') + 1) : whole,
    truncated: text.cut,
    files: filesOf(counts.stdout.toString('utf8')),
  }
}

export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

export async function forkPoint(git: Git, git_dir: string, base: string, head: string): Promise<string> {
  const found = await git({ git_dir, args: ['merge-base', base, head], answers: [1] })
  return found.code === 0 ? found.stdout.toString('utf8').trim() : emptyTree
}

/** `added\tremoved\tpath\0`, or `added\tremoved\t\0old\0new\0` for a rename; dashes for a binary file. */
function filesOf(numstat: string): Diff['files'] {
  const files: Diff['files'] = []
  const parts = numstat.split('\0')
  for (let at = 0; at < parts.length - 1; at++) {
    const [added = '', removed = '', ...name] = (parts[at] ?? '').split('\t')
    const path = name.join('\t')
    if (path === '') at += 2
    files.push({ path: path === '' ? (parts[at] ?? '') : path, added: Number(added) || 0, removed: Number(removed) || 0 })
  }
  return files
}
