import { parseCommands } from '../domain/commands.ts'
import type { Mission } from '../domain/mission.ts'
import { momentName, momentOf, type Moment } from '../domain/moment.ts'
import { liveView } from '../domain/views/live.ts'
import { answeredElsewhere, answersComment, leftAsItIs, momentLines, notUnderstood, promptOf, questionLines } from '../domain/views/local.ts'
import { meaning } from '../domain/views/ways-out.ts'
import { Refused, type Human } from '../emulator/human.ts'
import type { Terminal } from './terminal.ts'

export interface Seen {
  mission: Mission | null
  /** Ids of the events in its journal. */
  events: ReadonlySet<string>
}

export interface ConversationSpec {
  person: Human
  /** `owner/name` at the emulator, and its page. */
  repo: string
  url: string
  issue: number
  terminal: Terminal
  /** Takes every default, approves and merges. */
  unattended: boolean
  now(): number
}

/** `stuck`: only a person can say what is next, and there is none. */
export type Ending = { is: 'over'; mission: Mission } | { is: 'stuck' }

/** Asks at a terminal what a mission waits for, and says the answers on its pages as the person. Whoever answers first, here or there, counts. */
export interface Conversation {
  /** Takes note of how the mission stands now. */
  look(seen: Seen): Promise<Ending | null>
  typed(line: string): Promise<void>
}

/** Words that nobody seems to take up are asked for again after this. */
const patience_ms = 30_000
/** How often the same is answered where nobody is there to see why it is asked again. */
const alone_limit = 3

export function conversation(spec: ConversationSpec): Conversation {
  const { person, repo, url, issue, terminal } = spec
  const began = spec.now()
  let moment: Moment = { is: 'working' }
  let answers: (string | null)[] = []
  /** Asked and not answered from here; `left` for later by the person. */
  let stands: 'asked' | 'said' | 'left' = 'left'
  let said = { at: 0, comment: 0 }
  let alone = 0
  // One thing at a time: a line is heard before or after a look, never within.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act)
    turn = mine.catch(() => undefined)
    return mine
  }
  return { look: (seen) => inTurn(() => look(seen)), typed: (line) => inTurn(() => typed(line)) }

  async function look({ mission, events }: Seen): Promise<Ending | null> {
    if (!mission) return null
    const next = momentOf(mission)
    const changed = momentName(next) !== momentName(moment)
    if (changed && stands === 'asked') terminal.say([answeredElsewhere(moment)])
    if (next.is === 'over') {
      terminal.prompt('')
      return { is: 'over', mission }
    }
    if (changed && next.is !== 'working' && !(await unheard(next, events))) {
      moment = next
      alone = 0
      if (await begin(mission)) return { is: 'stuck' }
    } else if (!changed && stands === 'said' && (await stillAsked(next, events))) {
      if (await again(mission)) return { is: 'stuck' }
    } else if (changed) {
      // Working, or about to: what was asked before is past.
      moment = next.is === 'working' ? next : moment
      stands = stands === 'asked' ? 'said' : stands
      terminal.prompt('')
    }
    terminal.draw(liveView(mission, new Date(spec.now()).toISOString()))
    return null
  }

  /** True when nobody is there who could say what it needs. */
  async function begin(mission: Mission): Promise<boolean> {
    answers = []
    stands = 'asked'
    terminal.say(['', ...momentLines(mission, moment, url)])
    if (spec.unattended) return answerAlone(mission)
    ask()
    return false
  }

  /** What was said is over and done with, or lost, and the mission waits for the same as before. */
  async function stillAsked(next: Moment, events: ReadonlySet<string>): Promise<boolean> {
    if (next.is === 'working' || next.is === 'over') return false
    const heard = said.comment !== 0 && [...events].some((id) => id === `comment/${said.comment}`)
    return (heard && !spec.unattended) || (spec.now() > said.at + patience_ms && !(await unheard(next, events)))
  }

  async function again(mission: Mission): Promise<boolean> {
    answers = []
    stands = 'asked'
    if (spec.unattended) return ++alone >= alone_limit || answerAlone(mission)
    ask()
    return false
  }

  function ask(): void {
    const question = moment.is === 'questions' ? moment.questions[answers.length] : undefined
    if (question) terminal.say(questionLines(question, answers.length + 1))
    terminal.prompt(promptOf(moment, answers.length))
  }

  async function answerAlone(mission: Mission): Promise<boolean> {
    switch (moment.is) {
      case 'questions':
        await say(answersComment([]))
        return false
      case 'plan':
      case 'review':
      case 'merge':
        await decide(moment.is === 'merge' ? 'yes' : 'approve')
        return false
      case 'halt': {
        stands = 'left'
        const reason = mission.holds.at(-1)?.reason
        const byPerson = reason?.why === 'paused' || reason?.why === 'label_removed' || reason?.why === 'issue_closed'
        return reason !== undefined && !byPerson && meaning(mission, reason).called !== 'nobody'
      }
      case 'working':
      case 'over':
        return false
    }
  }

  async function typed(line: string): Promise<void> {
    const text = line.trim()
    if (parseCommands(text).length > 0) return say(text)
    if (moment.is === 'questions' && stands === 'asked') return answered(text === '' ? null : text)
    if (text === '' && moment.is !== 'merge') return ask()
    return decide(text)
  }

  async function answered(answer: string | null): Promise<void> {
    if (moment.is !== 'questions') return
    answers.push(answer)
    if (answers.length < moment.questions.length) return ask()
    await say(answersComment(answers))
  }

  async function decide(text: string): Promise<void> {
    const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text) ?? []
    const wish = word.toLowerCase().replace(/[.,!]$/, '')
    switch (moment.is) {
      case 'plan':
        if (wish === 'approve') return say(`/approve-plan ${moment.hash.slice(0, 8)}${rest ? ` ${rest}` : ''}`)
        if (wish === 'revise' && rest) return say(`/revise-plan ${rest}`)
        if (wish === 'cancel' && !rest) return say('/cancel')
        break
      case 'review': {
        const { pull, head } = moment
        if (wish === 'approve' && !rest) return act(() => person.review(repo, pull, { event: 'APPROVE', body: '', commit_id: head }).then(nothingToHear))
        if (wish === 'later' && !rest) return leave()
        break
      }
      case 'merge': {
        const { pull, sha } = moment
        if (['', 'y', 'yes', 'take'].includes(wish) && !rest) return act(() => person.merge(repo, pull, { sha }).then(nothingToHear))
        if (['n', 'no', 'later'].includes(wish) && !rest) return leave()
        break
      }
      case 'questions':
      case 'halt':
      case 'working':
      case 'over':
    }
    terminal.say([notUnderstood(moment)])
  }

  function leave(): void {
    stands = 'left'
    terminal.prompt('')
    terminal.say([leftAsItIs(moment)])
  }

  async function say(text: string): Promise<void> {
    await act(async () => (await person.comment(repo, issue, text)).id)
  }

  /** As the person, on the pages; what GitHub refuses is said, and asked again. */
  async function act(done: () => Promise<number>): Promise<void> {
    try {
      said = { comment: await done(), at: spec.now() }
      stands = 'said'
      terminal.prompt('')
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      terminal.say([error.message])
      if (stands === 'asked') ask()
    }
  }

  /** The person has spoken already, perhaps before a restart, and the mission has not taken it up yet. */
  async function unheard(next: Moment, events: ReadonlySet<string>): Promise<boolean> {
    const fresh = (at: string) => spec.now() < Math.max(Date.parse(at), began) + patience_ms
    if (next.is === 'review') {
      const reviews = await person.request<{ state: string; commit_id: string; submitted_at: string }[]>(`GET /repos/${repo}/pulls/${next.pull}/reviews?per_page=100`)
      return reviews.some((review) => review.state === 'APPROVED' && review.commit_id === next.head && fresh(review.submitted_at))
    }
    if (next.is === 'merge') return (await person.pull(repo, next.pull)).merged
    const heard = new Set([...events].flatMap((id) => /^comment\/(\d+)/.exec(id)?.[1] ?? []))
    const mine = (await person.comments(repo, issue)).filter((comment) => comment.user.login === person.login)
    return mine.some((comment) => !heard.has(String(comment.id)) && fresh(comment.created_at))
  }
}

/** No comment: nothing in the journal will have its number. */
function nothingToHear(): number {
  return 0
}
