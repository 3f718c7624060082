import { labelsOf } from '../show/issue.ts'
import { findUser } from '../show/user.ts'
import type { IssueRecord, ReactionRecord } from '../world.ts'
import { isPull, reactionContents } from '../world.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import type { RepositoryScene, Scene } from './scene.ts'
import { root } from './scene.ts'

export function person(login: string): Html {
  const bot = login.endsWith('[bot]')
  const name = bot ? login.slice(0, -'[bot]'.length) : login
  return html`<b>${name}</b>${bot ? html` <span class="app">app</span>` : null}`
}

/** Minutes and hours for today, the date for older. */
export function when(scene: Scene, time: string): Html {
  const minutes = Math.floor((scene.machine.clock() - Date.parse(time)) / 60_000)
  const text = minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : minutes < 1440 ? `${Math.floor(minutes / 60)} h ago` : time.slice(0, 10)
  return html`<time datetime="${time}" title="${time}">${text}</time>`
}

export function labels(scene: RepositoryScene, issue: IssueRecord): Html[] {
  return labelsOf(scene.machine, scene.repository, issue).map((label) => html` <span class="label" style="--tint:#${label.color}">${label.name}</span>`)
}

export function stateOf(issue: IssueRecord): { name: string; tone: string } {
  if (isPull(issue)) {
    if (issue.pull.merged_at !== null) return { name: 'Merged', tone: 'merged' }
    if (issue.state === 'open') return issue.pull.draft ? { name: 'Draft', tone: 'draft' } : { name: 'Open', tone: 'open' }
    return { name: 'Closed', tone: 'bad' }
  }
  if (issue.state === 'open') return { name: 'Open', tone: 'open' }
  return issue.state_reason === 'not_planned' ? { name: 'Closed as not planned', tone: 'neutral' } : { name: 'Closed', tone: 'closed' }
}

export function state(issue: IssueRecord): Html {
  const { name, tone } = stateOf(issue)
  return html`<span class="state ${tone}">${name}</span>`
}

export function issueLink(scene: RepositoryScene, issue: IssueRecord): string {
  return `${root(scene)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`
}

const words: Record<ReactionRecord['content'], string> = { '+1': '+1', '-1': '−1', laugh: 'laugh', confused: 'confused', heart: 'heart', hooray: 'hooray', rocket: 'rocket', eyes: 'eyes' }

export function reactions(found: ReactionRecord[]): Html | null {
  const counted = reactionContents.map((content) => ({ content, who: found.filter((reaction) => reaction.content === content).map((reaction) => reaction.user) }))
  const shown = counted.filter(({ who }) => who.length > 0)
  if (shown.length === 0) return null
  return html`<div class="reactions">${shown.map(({ content, who }) => html`<span><b>${words[content]}</b> ${who.join(', ')}</span>`)}</div>`
}

/** Who may act here: a person picks who to be. */
export function actors(scene: Scene): Html {
  const people = scene.machine.world.users.filter((user) => user.type === 'User')
  const chosen = findUser(scene.machine, scene.viewer)?.login
  return html`<label class="small quiet"
    >as
    <select name="as">
      ${people.map((user) => html`<option${user.login === chosen ? html` selected` : null}>${user.login}</option>`)}
    </select></label
  >`
}

/** Pictures for the text; the form must be `multipart/form-data`. */
export function pictures(): Html {
  return html`<label class="small quiet">pictures <input type="file" name="picture" accept="image/*" multiple /></label>`
}

export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`
}

export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
