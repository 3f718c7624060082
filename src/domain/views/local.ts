import type { Question } from '../contract.ts'
import type { FeatureId } from '../id.ts'
import type { Mission } from '../mission.ts'
import type { Moment } from '../moment.ts'
import { riskOf } from '../gate.ts'
import { dollars, original, plural, spentUsd } from './figures.ts'
import { halt } from './halt.ts'
import { featureNamed, planHash4 } from './names.ts'
import { plain, plainPage, visible } from './plain.ts'
import { report, verdictLine } from './report.ts'
import { trackingIssue } from './tracking.ts'

// What a terminal says beside a local mission. `url` is the repository's page on the machine.

/** What is shown when a moment comes; its questions follow one by one. */
export function momentLines(m: Mission, moment: Moment, url: string): string[] {
  switch (moment.is) {
    case 'working':
    case 'over':
      return []
    case 'questions':
      return [`${plural(moment.questions.length, 'question')} before the plan. Enter takes what is proposed. Or answer at ${url}/issues/${m.request.issue.number}; whoever is first counts.`]
    case 'plan':
      return [
        ...plainPage(trackingIssue(m).body, 'open', /Research notes/),
        '',
        `Also at ${url}/issues/${m.tracking_issue ?? m.request.issue.number}, where you can approve it as well.`,
        '',
        ...planChoices(m),
      ]
    case 'review':
      return reviewLines(m, moment.feature, `${url}/pull/${moment.pull}`)
    case 'halt':
      return [...plainPage(halt(m, moment.n), 'open'), '', `Type one of these commands here, or comment at ${url}/issues/${m.request.issue.number}.`]
    case 'merge':
      return [
        `${plain(verdictLine(m))}`,
        `The whole, with its report: ${url}/pull/${moment.pull}`,
        'Taking it merges it there and puts the result into your repository as a new branch; what you have checked out stays as it is.',
      ]
  }
}

export function promptOf(moment: Moment, answered: number): string {
  switch (moment.is) {
    case 'working':
    case 'over':
      return ''
    case 'questions':
      return `answer ${Math.min(answered + 1, moment.questions.length)} of ${moment.questions.length}> `
    case 'plan':
      return 'approve | revise … | cancel> '
    case 'review':
      return 'approve | later> '
    case 'halt':
      return '/> '
    case 'merge':
      return 'take it? [Y/n] '
  }
}

export function questionLines(question: Question, n: number): string[] {
  return ['', `${n}. ${visible(question.text)}`, `   Enter takes: ${visible(question.default)}`]
}

/** The one comment that answers a round; null stands for the default. */
export function answersComment(answers: readonly (string | null)[]): string {
  if (answers.every((answer) => answer === null)) return 'Take the defaults.'
  return answers.map((answer, i) => `${i + 1}. ${answer ?? 'Take the default.'}`).join('\n')
}

function planChoices(m: Mission): string[] {
  const hash = planHash4(m) ?? ''
  return [
    `approve              starts the work on plan ${hash}; approve --cap 20 agrees another limit in dollars`,
    'revise <your words>  asks for another plan',
    'cancel               ends the mission; nothing was changed',
  ]
}

function reviewLines(m: Mission, feature: FeatureId, url: string): string[] {
  const f = featureNamed(m, feature)
  if (!f) return []
  return [
    `${feature} is built, reviewed and green: ${visible(f.feature.title)}. Its risk is ${riskOf(m, f)}, so you decide whether it goes in: ${url}`,
    'approve  lets it in · later  asks again in the next call · to change something, request changes on that page',
  ]
}

/** Said when a line is typed that means nothing here. */
export function notUnderstood(moment: Moment): string {
  switch (moment.is) {
    case 'working':
    case 'over':
      return 'Nothing is asked now. Slash commands such as /status, /pause or /cancel are taken at any time.'
    case 'questions':
      return 'Answer in your own words, or press Enter.'
    case 'plan':
      return 'Type approve, revise and your words, or cancel.'
    case 'review':
      return 'Type approve, or later.'
    case 'halt':
      return 'Type one of the commands above; they begin with a slash.'
    case 'merge':
      return 'Type yes or no. Change requests go to the page of the pull request.'
  }
}

/** Said when a person puts a decision off. */
export function leftAsItIs(moment: Moment): string {
  return moment.is === 'merge' ? 'Left as it is. Type take when you want it; /cancel ends the mission; Ctrl-C stops, and the same command goes on.' : 'Left as it is. Type approve when you want it.'
}

/** Said when a moment went by without an answer from here. */
export function answeredElsewhere(moment: Moment): string {
  switch (moment.is) {
    case 'questions':
      return 'The questions were answered on the page.'
    case 'plan':
      return 'The plan was decided on the page.'
    case 'review':
      return 'The feature was decided on its page.'
    case 'halt':
      return 'The mission goes on.'
    case 'merge':
      return 'It was decided on the page of the pull request.'
    case 'working':
    case 'over':
      return ''
  }
}

/** A mission's last words. */
export function reportLines(m: Mission, folds: 'open' | 'left out'): string[] {
  return plainPage(report(m).body, folds)
}

export interface Taken {
  branch: string
  sha: string
  base: string
}

/** Where the result is, and how to look at it. */
export function takenLines(taken: Taken, repo: string): string[] {
  const at = `git -C ${quotedForShell(repo)}`
  const range = `${taken.base.slice(0, 12)}..${taken.branch}`
  return [
    `The result is branch ${taken.branch} in ${repo}, at ${taken.sha.slice(0, 12)}. Nothing else there has changed. Look at it with:`,
    `  ${at} log --oneline ${range}`,
    `  ${at} diff ${range}`,
    `  ${at} merge ${taken.branch}   takes it into the branch you have checked out`,
  ]
}

function quotedForShell(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

export interface Start {
  url: string
  issue: number
  resumed: boolean
  branch: string
  base: string
  notices: readonly string[]
  state: string
}

/** Said when everything stands. */
export function startLines({ url, issue, resumed, branch, base, notices, state }: Start): string[] {
  return [
    resumed
      ? `Going on where it stood. It started from ${branch} at ${base.slice(0, 12)}.`
      : `Starting from ${branch} at ${base.slice(0, 12)}, on a copy: your repository stays as it is until you take the result.`,
    ...notices,
    `The mission's pages, on this machine only: ${url}/issues/${issue}`,
    `Everything is kept in ${state}. Ctrl-C stops; the same command goes on.`,
    '',
  ]
}

export function finishedLines(report: readonly string[], taken: Taken, repo: string, file: string): string[] {
  return ['', ...report, '', ...takenLines(taken, repo), `The whole report: ${file}`]
}

export function cancelledWords(m: Mission): string[] {
  const merged = original(m).filter((f) => f.status === 'merged').length
  const kept = merged > 0 && m.integration ? ` ${plural(merged, 'finished feature')} stayed on ${m.integration.branch} of the mission's own GitHub.` : ''
  return [`Cancelled. Nothing runs any more; ${dollars(spentUsd(m))} was spent.${kept}`]
}

export function cancelledLines(words: readonly string[], state: string): string[] {
  return ['', ...words, `Nothing was put into your repository. To have the same done afresh, remove ${state}.`]
}

export function stuckLine(state: string): string {
  return `The mission waits for a person, and --yes has no answer to that. Run the same command without --yes to decide. Everything is kept in ${state}.`
}

export function restartLine(code: number | null, log: string): string {
  return `The app ended by itself${code === null ? '' : ` with ${code}`} and is started again; nothing is lost. Its log: ${log}`
}

export function stoppedLine(): string {
  return 'Stopped; run the same command to go on.'
}

/** A picture of the brief that is no attachment now; the planner is told that it is missing. */
export function pictureNotice(address: string, problem: string): string {
  return `The brief shows ${address.slice(0, 200)}: ${problem}. The mission goes on without it.`
}
