import { readCommit, readCommits } from '../git/commits.ts'
import { readDiff } from '../git/diff.ts'
import { aheadBehind, isAncestor, mergeBase, resolveCommit } from '../git/refs.ts'
import { cut, paged } from '../paging.ts'
import { notFound, Refusal } from '../refusal.ts'
import { json, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showCommit, showFile, showFullCommit } from '../show/commit.ts'
import { showPullSimple } from '../show/pull.ts'
import { repositoryHtml, repositoryUrl } from '../show/repository.ts'
import { isPull } from '../world.ts'
import type { PullIssue } from '../world.ts'

const reads = { app: ['contents:read'], person: 'read' } as const

export const commitRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/commits', reads, listCommits),
  repoRoute('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { ...reads, app: ['pull_requests:read', 'contents:read'] }, async (call) => {
    const sha = textParam(call, 'commit_sha')
    const pulls: PullIssue[] = []
    for (const issue of call.repository.issues.filter(isPull)) if (await contains(call, issue, sha)) pulls.push(issue)
    return paged(call, pulls, (issue) => showPullSimple(call.machine, call.repository, issue))
  }),
  repoRoute('GET /repos/{owner}/{repo}/commits/{ref}', reads, async (call) => {
    const sha = await resolveCommit(call.dir, textParam(call, 'ref').replace(/^heads\//, ''))
    if (sha === null) throw new Refusal(422, `No commit found for SHA: ${textParam(call, 'ref')}`)
    return json(await showFullCommit(call.machine, call.repository, await readCommit(call.dir, sha)))
  }),
  repoRoute('GET /repos/{owner}/{repo}/compare/{basehead}', reads, compare),
]

async function listCommits(call: RepoCall): Promise<Answer> {
  const from = call.query.get('sha') ?? call.repository.default_branch
  const sha = await resolveCommit(call.dir, from)
  if (sha === null) throw call.query.has('sha') ? notFound() : new Refusal(409, 'Git Repository is empty.')
  const [path, since, until, author] = [call.query.get('path'), call.query.get('since'), call.query.get('until'), call.query.get('author')]
  const filters = [...(since === null ? [] : [`--since=${since}`]), ...(until === null ? [] : [`--until=${until}`]), ...(author === null ? [] : ['--fixed-strings', `--author=${author}`])]
  const commits = await readCommits(call.dir, [...filters, sha, ...(path === null ? [] : ['--', path])])
  return paged(call, commits, (commit) => showCommit(call.machine, call.repository, commit))
}

async function contains(call: RepoCall, issue: PullIssue, sha: string): Promise<boolean> {
  const { head, base, merge_commit_sha } = issue.pull
  if (sha === merge_commit_sha || sha === head.sha) return true
  return (await isAncestor(call.dir, sha, head.sha)) && !(await isAncestor(call.dir, sha, base.sha))
}

async function compare(call: RepoCall): Promise<Answer> {
  const { machine, repository, dir } = call
  const [from = '', to = ''] = textParam(call, 'basehead').split('...')
  const name = (end: string): string => end.replace(new RegExp(`^${repository.owner}:`, 'i'), '')
  const base = await resolveCommit(dir, name(from))
  const head = await resolveCommit(dir, name(to))
  if (base === null || head === null) throw notFound()
  const { ahead, behind } = await aheadBehind(dir, base, head)
  const common = await mergeBase(dir, base, head)
  if (common === null) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`)
  const { slice: commits, headers } = cut(call, await readCommits(dir, [`${base}..${head}`], { reverse: true }))
  const files = await readDiff(dir, common, head)
  const url = `${repositoryUrl(machine, repository)}/compare/${from}...${to}`
  const html = `${repositoryHtml(machine, repository)}/compare`
  const body = {
    url,
    html_url: `${html}/${from}...${to}`,
    permalink_url: `${html}/${repository.owner}:${base.slice(0, 7)}...${repository.owner}:${head.slice(0, 7)}`,
    diff_url: `${html}/${from}...${to}.diff`,
    patch_url: `${html}/${from}...${to}.patch`,
    base_commit: showCommit(machine, repository, await readCommit(dir, base)),
    merge_base_commit: showCommit(machine, repository, await readCommit(dir, common)),
    status: ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map((commit) => showCommit(machine, repository, commit)),
    files: files.map((file) => showFile(machine, repository, file, head)),
  }
  return { status: 200, body, headers }
}
