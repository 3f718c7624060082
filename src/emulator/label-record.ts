import { nextId } from './machine.ts'
import type { Machine } from './machine.ts'
import { validationFailed } from './refusal.ts'
import { sameName } from './world.ts'
import type { LabelRecord, RepositoryRecord } from './world.ts'

/** What every new repository has on GitHub. */
const defaults: [name: string, color: string, description: string][] = [
  ['bug', 'd73a4a', "Something isn't working"],
  ['documentation', '0075ca', 'Improvements or additions to documentation'],
  ['duplicate', 'cfd3d7', 'This issue or pull request already exists'],
  ['enhancement', 'a2eeef', 'New feature or request'],
  ['good first issue', '7057ff', 'Good for newcomers'],
  ['help wanted', '008672', 'Extra attention is needed'],
  ['invalid', 'e4e669', "This doesn't seem right"],
  ['question', 'd876e3', 'Further information is requested'],
  ['wontfix', 'ffffff', 'This will not be worked on'],
]

export function defaultLabels(machine: Machine): LabelRecord[] {
  return defaults.map(([name, color, description]) => ({ id: nextId(machine), name, color, description, default: true }))
}

export function findLabel(repository: RepositoryRecord, name: string): LabelRecord | undefined {
  return repository.labels.find((label) => sameName(label.name, name))
}

/** The labels' names as the repository spells them, each once; unknown ones come into being, as on GitHub. */
export function ensureLabels(machine: Machine, repository: RepositoryRecord, names: string[]): string[] {
  const spelled = names.map((name) => {
    if (name.trim() === '' || name.length > 50) throw validationFailed({ resource: 'Label', field: 'name', code: 'invalid', value: name })
    const known = findLabel(repository, name)
    if (known !== undefined) return known.name
    repository.labels.push({ id: nextId(machine), name, color: 'ededed', description: null, default: false })
    return name
  })
  return [...new Set(spelled)]
}
