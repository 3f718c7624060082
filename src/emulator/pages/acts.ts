import { attach } from '../attachments.ts'
import type { Posted } from './form.ts'
import { createHuman, Refused } from '../human.ts'
import type { Human } from '../human.ts'
import type { RepositoryScene } from './scene.ts'
import { root } from './scene.ts'

type Act = (form: Form) => Promise<string>

interface Form {
  human: Human
  repo: string
  number: number
  fields: URLSearchParams
  /** Gives the body with the pictures that were chosen behind it. */
  withPictures: (body: string) => Promise<string>
}

/** Does what a form asks as the chosen person; answers where to go next. */
export async function perform(scene: RepositoryScene, { fields, files }: Posted): Promise<string> {
  const login = fields.get('as') ?? scene.viewer
  const human = createHuman(scene.api, scene.machine, login, `user-${login}`)
  const repo = `${scene.repository.owner}/${scene.repository.name}`
  const act = acts[fields.get('act') ?? '']
  const here = scene.url.pathname
  if (act === undefined) return here
  const withPictures = async (body: string): Promise<string> => {
    const shown = await Promise.all(files.map(async (file) => `![${file.name.replace(/[[\]\n]/g, '')}](${await attach(scene.machine, { repository: scene.repository, login, ...file })})`))
    return [body, ...shown].filter((part) => part !== '').join('\n\n')
  }
  try {
    return `${root(scene)}${await act({ human, repo, number: Number(scene.parts[0]), fields, withPictures })}` || here
  } catch (error) {
    if (error instanceof Refused) return `${here}?error=${encodeURIComponent(`Refused (${error.status}): ${error.message}`)}`
    throw error
  }
}

const acts: Record<string, Act> = {
  async create({ human, repo, fields, withPictures }) {
    const label = fields.get('label') ?? ''
    const issue = await human.createIssue(repo, { title: fields.get('title') ?? '', body: await withPictures(fields.get('body') ?? '') })
    // After it, as a person would: the label by itself is what starts a mission.
    if (label !== '') await human.label(repo, issue.number, label)
    return `/issues/${issue.number}`
  },
  async comment(form) {
    const body = await form.withPictures(textOf(form))
    if (body !== '') await form.human.comment(form.repo, form.number, body)
    return place(form)
  },
  async close(form) {
    const body = await form.withPictures(textOf(form))
    if (body !== '') await form.human.comment(form.repo, form.number, body)
    await form.human.close(form.repo, form.number)
    return place(form)
  },
  async reopen(form) {
    await form.human.reopen(form.repo, form.number)
    return place(form)
  },
  async label(form) {
    await form.human.label(form.repo, form.number, form.fields.get('label') ?? '')
    return place(form)
  },
  async unlabel(form) {
    await form.human.unlabel(form.repo, form.number, form.fields.get('label') ?? '')
    return place(form)
  },
  review: (form) => review(form, 'COMMENT'),
  approve: (form) => review(form, 'APPROVE'),
  request_changes: (form) => review(form, 'REQUEST_CHANGES'),
  async merge(form) {
    const method = form.fields.get('method')
    const sha = form.fields.get('sha') ?? ''
    await form.human.merge(form.repo, form.number, { method: method === 'squash' || method === 'rebase' ? method : 'merge', sha })
    return place(form)
  },
}

async function review(form: Form, event: 'COMMENT' | 'APPROVE' | 'REQUEST_CHANGES'): Promise<string> {
  await form.human.review(form.repo, form.number, { event, body: textOf(form) })
  return place(form)
}

function textOf({ fields }: Form): string {
  return (fields.get('body') ?? '').replaceAll('\r\n', '\n').trim()
}

/** Where the issue or pull request is read. */
async function place({ human, repo, number }: Form): Promise<string> {
  const issue = await human.issue(repo, number)
  return 'pull_request' in issue ? `/pull/${number}` : `/issues/${number}`
}
