import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { Sha } from '../../domain/id.ts'
import type { RecordSpec } from '../../ports/workspaces.ts'
import type { Author } from './commits.ts'
import { messageOf, writeCommit } from './commits.ts'
import type { Git } from './command.ts'
import { GitFailed } from './command.ts'
import type { Credential, Mirrors } from './mirrors.ts'
import type { Places } from './places.ts'
import { refs } from './places.ts'
import { pushBranch } from './push.ts'
import { WorkspaceRefused } from './staging.ts'

const tries = 12

export interface RecordParts {
  git: Git
  mirrors: Mirrors
  places: Places
  author: Author
  credential: Credential
}

/** The branch a mission keeps its records on; nothing that an agent made is pushed there. */
export function isRecordBranch(branch: string): boolean {
  return /^mission\/[^/]+\/record$/.test(branch)
}

/**
 * Adds files to a mission's record, a branch without a common commit with any other, and answers the commit that holds them.
 * What is there already is not added again. Two that push at once: the second goes on top of the first.
 */
export async function recordFiles(parts: RecordParts, spec: RecordSpec, signal?: AbortSignal): Promise<Sha> {
  const { git, mirrors } = parts
  if (!isRecordBranch(spec.branch)) throw new Error(`not a branch for records: ${spec.branch}`)
  for (const file of spec.files) if (!/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/.test(file.path)) throw new Error(`not the path of a record: ${JSON.stringify(file.path)}`)
  for (let n = 0; n < tries; n++) {
    await mirrors.fetch(spec.repository, signal)
    const made = await mirrors.use(spec.repository, (dir) => commitOnTop(parts, dir, spec), signal)
    if (made.there) return made.sha
    const pushed = await pushBranch(parts, { repository: spec.repository, branch: spec.branch, sha: made.sha, expected: made.onto }, signal)
    if (pushed.ok) return made.sha
    if (pushed.why === 'refused') throw new WorkspaceRefused(`The evidence could not be pushed to ${spec.branch}: ${pushed.detail}`)
  }
  throw new GitFailed('push', null, `${spec.branch} moved ${tries} times while the evidence was pushed`)

  async function commitOnTop({ author, places }: RecordParts, dir: string, { branch, files, message, at }: RecordSpec): Promise<{ there: boolean; sha: Sha; onto: Sha | null }> {
    const onto = await standing(git, dir, branch)
    const blobs = await Promise.all(files.map(async (file) => ({ path: file.path, blob: await writeBlob(git, dir, file.content) })))
    const held = onto === null ? new Map<string, string>() : await blobsIn(git, dir, onto)
    if (onto !== null && blobs.every(({ path: at_path, blob }) => held.get(at_path) === blob))
      return { there: true, sha: await introduced(git, dir, { at: onto, path: files.at(-1)?.path ?? '.' }), onto }
    await mkdir(places.work, { recursive: true })
    const index = path.join(places.work, `.record-${randomUUID()}`)
    try {
      await git({ git_dir: dir, index, args: ['read-tree', ...(onto === null ? ['--empty'] : [onto])] })
      await git({ git_dir: dir, index, args: ['update-index', '-z', '--index-info'], stdin: blobs.map((b) => `100644 ${b.blob}\t${b.path}\0`).join('') })
      const tree = (await git({ git_dir: dir, index, args: ['write-tree'] })).stdout.toString('utf8').trim()
      const sha = await writeCommit(git, dir, { tree, parents: onto === null ? [] : [onto], message: messageOf(message.text, message.trailers), author, seconds: Math.floor(at.getTime() / 1000) })
      return { there: false, sha, onto }
    } finally {
      await rm(index, { force: true })
    }
  }
}

async function standing(git: Git, dir: string, branch: string): Promise<Sha | null> {
  const ref = refs.branch(branch)
  const { stdout } = await git({ git_dir: dir, args: ['for-each-ref', '--format=%(refname) %(objectname)', ref] })
  const line = stdout
    .toString('utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${ref} `))
  return line === undefined ? null : Sha.parse(line.slice(ref.length + 1))
}

async function writeBlob(git: Git, dir: string, content: Uint8Array): Promise<string> {
  const { stdout } = await git({ git_dir: dir, args: ['hash-object', '-w', '--stdin'], stdin: content })
  return stdout.toString('utf8').trim()
}

async function blobsIn(git: Git, dir: string, commit: Sha): Promise<Map<string, string>> {
  const { stdout } = await git({ git_dir: dir, args: ['ls-tree', '-r', '-z', '--full-tree', commit] })
  const entries = stdout.toString('utf8').split('\0').filter(Boolean)
  return new Map(entries.map((entry) => [entry.slice(entry.indexOf('\t') + 1), entry.split(/[ \t]/)[2] ?? '']))
}

async function introduced(git: Git, dir: string, spec: { at: Sha; path: string }): Promise<Sha> {
  const { stdout } = await git({ git_dir: dir, args: ['rev-list', '-1', spec.at, '--', spec.path] })
  return Sha.parse(stdout.toString('utf8').trim())
}
