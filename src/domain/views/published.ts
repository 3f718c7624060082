import type { AssertionId } from '../id.ts'
import type { Mission } from '../mission.ts'
import { code } from './escape.ts'
import { repositoryUrl } from './names.ts'

/** Where the evidence of an assertion can be looked at: its folder on the commit of the record that holds it. */
export function evidenceLink(m: Mission, id: AssertionId, text: string): string {
  const published = m.assertions[id]?.published
  return published ? `[${text}](${repositoryUrl(m)}/tree/${published.commit}/${published.folder}/${id})` : text
}

/** Each item of the contract's evidence beside the file that bears it out, and the pictures themselves. */
export function evidenceFiles(m: Mission, id: AssertionId): string[] {
  const published = m.assertions[id]?.published
  if (!published) return []
  const at = (path: string) => `${repositoryUrl(m)}/blob/${published.commit}/${path}`
  const borne = (m.contract?.assertions.find((a) => a.id === id)?.evidence ?? []).flatMap((item) => {
    const file = published.files.find((f) => f.items.includes(item))
    return file ? [`- ${code(item, 240)} [${nameOf(file.path)}](${at(file.path)}) <sub>sha256 ${file.sha256.slice(0, 12)}</sub>`] : []
  })
  const pictures = published.files.filter((f) => f.path.endsWith('.png')).map((f) => `![${id} ${nameOf(f.path)}](${at(f.path)}?raw=true)`)
  return [borne.join('\n'), ...pictures.slice(-most_pictures)].filter((block) => block !== '')
}

const most_pictures = 4

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
