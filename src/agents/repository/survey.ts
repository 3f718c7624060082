import { settingsPath } from '../../domain/settings.ts'
import type { Settings } from '../../domain/settings.ts'
import type { Tree } from '../../ports/workspaces.ts'
import type { Candidate } from './candidate.ts'
import { documentCandidates } from './documents.ts'
import { manifests } from './manifests.ts'
import { servicesPath, servicesYaml } from './services-yaml.ts'
import { readSettings } from './settings.ts'

/** What a program can tell of a repository before anybody asks: facts for the planner, each with its source. */
export interface Survey {
  settings: Settings | null
  candidates: Candidate[]
  /** Files at the top, folders with a slash. */
  top: string[]
  files: number
}

const most_candidates = 60
const guides = /^(?:AGENTS\.md|CLAUDE\.md|CONTRIBUTING(?:\.md|\.rst)?|\.github\/CONTRIBUTING\.md|docs\/CONTRIBUTING\.md|README(?:\.md|\.rst)?)$/i

/** In the order in which they count: the repository's own settings, other agents' manifests, its guides, its package files. */
export async function surveyOf(tree: Tree): Promise<Survey> {
  const paths = new Set(tree.paths)
  const own = await tree.text(settingsPath)
  const services = await tree.text(servicesPath)
  const candidates: Candidate[] = services === null ? [] : servicesYaml(services)
  for (const path of tree.paths.filter((name) => guides.test(name)).toSorted(byGuide)) candidates.push(...documentCandidates(path, (await tree.text(path)) ?? ''))
  for (const path of tree.paths.filter((name) => !name.includes('/'))) {
    const reader = manifests.find(([name]) => name.test(path))?.[1]
    const text = reader ? await tree.text(path) : null
    if (reader && text !== null) candidates.push(...reader(text, path, paths))
  }
  return {
    settings: own === null ? null : readSettings(own),
    candidates: candidates.slice(0, most_candidates),
    top: [...new Set(tree.paths.map((path) => (path.includes('/') ? `${path.split('/')[0] ?? ''}/` : path)))].slice(0, 80),
    files: tree.paths.length,
  }
}

/** The README last: it speaks to users, the others to those who build. */
function byGuide(a: string, b: string): number {
  const rank = (path: string) => (/readme/i.test(path) ? 2 : /agents|claude/i.test(path) ? 0 : 1)
  return rank(a) - rank(b)
}
