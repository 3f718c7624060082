import path from 'node:path'
import { crosses } from '../../domain/boundaries.ts'

/** What a path alone says; empty when it may change. `own` are paths, or folders with a slash at the end, that the operator adds. */
export function pathRule(name: string, own: readonly string[]): string[] {
  const loose = looseCase(name)
  const steps = loose.split('/')
  const last = steps.at(-1) ?? ''
  const say = (rule: string): string[] => [`${shown(name)} ${rule}`]
  if (hidden.test(name)) return say('has control or invisible characters in its name.')
  if (name.includes('\uFFFD')) return say('has a name that is not valid UTF-8.')
  if (loose.startsWith('.github/workflows/') || loose === '.github/workflows') return say('is a workflow, which only people change.')
  if (loose.startsWith('.github/actions/') || loose === '.github/actions') return say('belongs to an action, which only people change.')
  if (loose === '.github') return say('would replace the folder of workflows, which only people change.')
  if (owners.has(loose)) return say('says who owns the code, which only people change.')
  if (loose === '.missions' || loose.startsWith('.missions/')) return say('is kept by this app; hand in what you learned as knowledge instead.')
  if (last === '.gitmodules') return say('lists submodules, which is not allowed.')
  if (steps.some((step) => step === '.git' || /^git~\d+$/.test(step))) return say('lies in a git directory, which is not allowed.')
  if (/(^|\/)\.git[^/]*\/hooks(\/|$)/.test(loose) || steps.slice(0, -1).includes('.githooks')) return say('is a git hook, which is not allowed.')
  if (registries.has(last) || registryPaths.some((rest) => loose === rest || loose.endsWith(`/${rest}`))) return say('sets where packages come from, which only people change.')
  if (own.some((rule) => protects(looseCase(rule), loose))) return say("is protected by this app's configuration.")
  return []
}

/** What a mission's own boundaries say of a path; those that are rules in words say nothing here. */
export function boundaryRule(name: string, boundaries: readonly string[]): string[] {
  const crossed = boundaries.find((boundary) => crosses(looseCase(boundary), looseCase(name)))
  return crossed === undefined ? [] : [`${shown(name)} lies within "${crossed}", a boundary of this mission.`]
}

/** As a file system would see it that knows no case, or that drops characters: Windows, macOS. */
export function looseCase(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll('\\', '/')
    .replace(/[\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/g, '')
    .toLowerCase()
    .split('/')
    .map((step) => step.replace(/(?<=.)[. ]+$/, ''))
    .join('/')
}

/**
 * A link may go up only at its start, and never above the root: what lies above it are real folders then, and what lies below
 * may be links that hold to the same rule. Into .git is out, too.
 */
export function leavesTree(link: string, target: string): boolean {
  const steps = target
    .replaceAll('\\', '/')
    .split('/')
    .filter((step) => step !== '' && step !== '.')
  const up = steps.findIndex((step) => step !== '..')
  const ups = up === -1 ? steps.length : up
  const depth = path.posix
    .dirname(link)
    .split('/')
    .filter((step) => step !== '.').length
  return target === '' || /^[/\\]|^[A-Za-z]:|\0/.test(target) || ups > depth || steps.slice(ups).includes('..') || steps.some((step) => looseCase(step) === '.git')
}

export function filterLines(attributes: string): string[] {
  return attributes.split(/\r?\n/).filter((line) => /(^|\s)filter=/.test(line))
}

/** For a sentence: nothing in it can end the line or hide a letter. */
export function shown(name: string): string {
  const visible = name.replace(new RegExp(hidden.source, 'gu'), (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`)
  return visible.length > 300 ? `${visible.slice(0, 300)}…` : visible
}

function protects(rule: string, name: string): boolean {
  return rule.endsWith('/') ? name.startsWith(rule) : name === rule
}

const hidden = /[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u
const owners = new Set(['codeowners', '.github/codeowners', 'docs/codeowners', '.gitlab/codeowners'])
const registries = new Set(['.npmrc', '.yarnrc', '.yarnrc.yml', 'bunfig.toml', 'pip.conf', 'pip.ini', '.pypirc', '.netrc', '.gemrc', 'nuget.config'])
const registryPaths = ['.cargo/config', '.cargo/config.toml', '.bundle/config', '.m2/settings.xml']
