import { access, mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { settingsPath } from '../domain/settings.ts'
import { issueForm } from '../domain/views/issue-form.ts'
import { settingsTemplate } from '../domain/views/settings-template.ts'
import { parse, Usage } from './usage.ts'

const how = 'missions init [--repo PATH]'

/** Puts the issue form and a settings file full of comments into a repository; what is there is left alone. */
export async function init(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, { repo: { type: 'string', default: '.' } }, how)
  if (positionals.length > 0) throw new Usage(`missions init takes no ${positionals[0]}.\nusage: ${how}`)
  const repository = path.resolve(values.repo)
  if (!(await isFolder(repository))) throw new Usage(`${repository} is not a folder; --repo names your working copy.\nusage: ${how}`)
  if (!(await isThere(path.join(repository, '.git')))) throw new Usage(`${repository} is not the root of a git repository; run it there, or name it with --repo.\nusage: ${how}`)
  for (const [name, text] of [['.github/ISSUE_TEMPLATE/mission.yml', issueForm()] as const, [settingsPath, settingsTemplate()] as const]) {
    const file = path.join(repository, name)
    await mkdir(path.dirname(file), { recursive: true })
    process.stdout.write(`${(await written(file, text)) ? 'written ' : 'kept    '}  ${name}\n`)
  }
  process.stdout.write('Look at them, commit, and push: the form is then among the kinds of a new issue. It sets no label; the label `mission` starts a mission.\n')
  return 0
}

/** False: there was something of that name, and it is as it was. */
async function written(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isFolder(dir: string): Promise<boolean> {
  return stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
