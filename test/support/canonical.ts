import type { Dump } from '../../src/emulator/emulator.ts'

type Repository = Dump['repositories'][number]

/**
 * What a person sees of a repository at the end, whole: every body and every count. Masked are only ids, times, commits and what
 * depends on them: numbers of issues become their titles, and money, minutes and tokens depend on the turn that a crash repeats.
 */
export function canonical(repository: Repository): unknown {
  const titles = new Map(repository.issues.map((i) => [i.number, i.title]))
  const mask = (text: string | null) => masked(text ?? '', titles)
  const issue = (id: number) => repository.issues.find((i) => i.id === id)?.title ?? '?'
  const by = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b))
  return {
    branches: Object.keys(repository.refs).toSorted(),
    issues: repository.issues
      .map((i) => ({
        title: i.title,
        body: mask(i.body),
        user: i.user,
        state: i.state,
        reason: i.state_reason,
        labels: i.labels.toSorted(),
        children: i.sub_issue_ids.map((id) => repository.issues.find((x) => x.id === id)?.title ?? '?').toSorted(),
        blocked_by: i.blocked_by_ids.map((id) => repository.issues.find((x) => x.id === id)?.title ?? '?').toSorted(),
        pull: i.pull && { from: i.pull.head.ref, into: i.pull.base.ref, merged_by: i.pull.merged_by },
      }))
      .toSorted(by),
    comments: repository.comments.map((c) => ({ on: issue(c.issue_id), by: c.user, body: mask(c.body) })).toSorted(by),
    reactions: repository.reactions.map((r) => ({ by: r.user, content: r.content })).toSorted(by),
    reviews: repository.reviews.map((r) => ({ on: issue(r.issue_id), by: r.user, state: r.state, body: mask(r.body) })).toSorted(by),
    remarks: repository.review_comments.map((r) => ({ on: issue(r.issue_id), by: r.user, path: r.path, line: r.line, body: mask(r.body) })).toSorted(by),
    checks: repository.check_runs
      .map((c) => ({ name: c.name, conclusion: c.conclusion, title: mask(c.output?.title ?? ''), summary: mask(c.output?.summary ?? ''), text: mask(c.output?.text ?? '') }))
      .toSorted(by),
  }
}

function masked(text: string, titles: Map<number, string>): string {
  return (
    text
      .replace(/<!-- missions \S+ \S+ -->/g, (marker) => marker.split(' ').slice(0, 3).join(' '))
      // What a tester saw: a look that a crash repeats is made with data of its own.
      .replace(/(\*\*VAL-[A-Z]+-\d+\*\* \w+\n)```text\n[\s\S]*?```/g, '$1<seen>')
      .replace(/#(\d+)\b/g, (all, n: string) => (titles.has(Number(n)) ? `#<${titles.get(Number(n))}>` : all))
      .replace(/\/(pull|issues)\/(\d+)\b/g, (_, kind: string, n: string) => `/${kind}/<${titles.get(Number(n)) ?? '?'}>`)
      // The how-manieth call of its run a piece of evidence is: who was interrupted makes a call once more.
      .replace(/\b\d\d-(http|browser|command|terminal)\b/g, '<n>-$1')
      .replace(/127\.0\.0\.1:\d+/g, '<host>')
      .replace(/\b[0-9a-f]{7,64}\b/g, '<sha>')
      .replace(/(plan|Plan) [0-9a-f]{4}\b/g, '$1 <hash>')
      .replace(/approve-plan [0-9a-f]{4}\b/g, 'approve-plan <hash>')
      .replace(/\$\d[\d.,]*(–\d[\d.,]*)?/g, '$_')
      .replace(/\b\d{1,2}:\d{2}(:\d{2})?( UTC)?\b/g, '<time>')
      .replace(/\b\d[\d.,]*( to \d+)?\s?(min|minutes|s|seconds|ms|h|k|M)\b/g, '<amount>')
      .replace(/\b\d[\d.,]*\s?%/g, '<share>')
      .replace(/\b\d[\d.,]* tokens\b/g, '<tokens>')
      .replace(/\b(under|less than) a minute\b/g, '<amount>')
      // Every run: who began first may differ; how many each role had does not.
      .replace(/^\| [a-z]+(?:\.[a-z0-9@-]+)+ \|.*\| \$_ \|$\n?/gm, '')
      // A row of figures: tokens and money of a role, a feature, all.
      .replace(/^\| (.+?) \| (\d+) \|(?:[^|\n]+\|){5} \$_ \|$/gm, '| $1 | $2 runs |')
      .replace(/^\| (claude-\S+) \|.*$/gm, '| $1 |')
  )
}
