import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import { formatOf } from '../../../domain/picture-format.ts'
import type { PictureOutcome, PicturePlace, PictureTrouble, PictureWanted } from '../../../domain/pictures.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { download, type Got } from '../pictures/download.ts'
import { fileAt, repositoryFile } from '../pictures/repository-file.ts'
import { renderedAddresses } from '../pictures/signed.ts'
import { isAmong, sourceOf, type Source } from '../pictures/source.ts'
import type { Site } from '../site.ts'
import { webOrigin } from '../web-origin.ts'

/** The pictures that people showed, from where GitHub keeps them and from nowhere else. One that cannot be had is told; it fails nothing. */
export async function fetchPictures(site: Site, act: EffectOf<'FetchPictures'>, mission: Mission): Promise<AnswerBody> {
  const kept = mission.pictures.reduce((sum, picture) => sum + (picture.outcome?.is === 'kept' ? picture.outcome.bytes : 0), 0)
  const look = { site, mission, origin: webOrigin(site.octokit.request.endpoint.DEFAULTS.baseUrl), rendered: new Map<string, Promise<URL[]>>() }
  let room_bytes = mission.limits.pictures_bytes - kept
  const pictures: { address: string; outcome: PictureOutcome }[] = []
  for (const wanted of act.pictures) {
    const outcome = await outcomeOf(look, wanted, room_bytes)
    if (outcome.is === 'kept') room_bytes -= outcome.bytes
    pictures.push({ address: wanted.address, outcome })
  }
  return { type: 'PicturesFetched', pictures }
}

interface Look {
  site: Site
  mission: Mission
  origin: string
  /** What GitHub made of each text, asked for once. */
  rendered: Map<string, Promise<URL[]>>
}

async function outcomeOf(look: Look, wanted: PictureWanted, room_bytes: number): Promise<PictureOutcome> {
  const { limits, key } = look.mission
  const got = await bytesOf(look, wanted)
  if ('trouble' in got) return missing(got.trouble)
  const format = formatOf(got.bytes)
  if (format.is === 'other') return missing({ why: 'no_picture', looks: format.looks })
  const { size, type } = format
  if (Math.max(size.width, size.height) > limits.picture_px) return missing({ why: 'too_many_pixels', size, limit_px: limits.picture_px })
  if (got.bytes.length > room_bytes) return missing({ why: 'too_much', limit_bytes: limits.pictures_bytes })
  return { is: 'kept', sha256: await look.site.pictures.keep(key, got.bytes), type, bytes: got.bytes.length, size }
}

async function bytesOf(look: Look, { address, place }: PictureWanted): Promise<Got> {
  const { site, mission, origin } = look
  const { picture_hosts: hosts } = mission.policy
  const { number } = mission.request.issue
  const source = sourceOf(address, { origin, hosts, page: `${origin}/${site.repo.owner}/${site.repo.repo}/issues/${number}` })
  const limit_bytes = mission.limits.picture_bytes
  switch (source.is) {
    case 'attachment':
      return downloaded(look, (await signed(look, source, place)) ?? source.url)
    case 'stored':
      return downloaded(look, source.url)
    case 'path':
      return (await fileAt(site, mission.base_sha ?? mission.request.repository.default_branch, source.path, limit_bytes)) ?? { trouble: { why: 'not_found', status: 404 } }
    case 'file':
      return isOwn(look, source) ? repositoryFile(site, source.ref_and_path, limit_bytes) : { trouble: { why: 'other_repository' } }
    case 'foreign':
      return { trouble: { why: 'foreign', host: source.host } }
  }
}

function downloaded({ site, mission, origin }: Look, url: URL): Promise<Got> {
  const { picture_hosts, picture_stores } = mission.policy
  const hosts = [...picture_hosts, ...picture_stores]
  return download({ url, may: (next) => isAmong(next, origin, hosts), limit_bytes: mission.limits.picture_bytes, signal: site.signal })
}

/** The signed address of an attachment. What the text of others could have smuggled in is no such address: only these hosts sign. */
async function signed(look: Look, { url, id }: Extract<Source, { is: 'attachment' }>, place: PicturePlace): Promise<URL | null> {
  const { site, mission, origin } = look
  const name = JSON.stringify(place)
  const known = look.rendered.get(name) ?? renderedAddresses(site, mission.request.issue.number, place)
  look.rendered.set(name, known)
  const candidates = (await known).filter((candidate) => candidate.href !== url.href && candidate.pathname.includes(id) && isAmong(candidate, origin, mission.policy.picture_hosts))
  return candidates.find((candidate) => candidate.search !== '') ?? null
}

/** The name it has now, or had when the mission began. */
function isOwn({ site, mission }: Look, { owner, repo }: Extract<Source, { is: 'file' }>): boolean {
  const { repository } = mission.request
  const names = [`${site.repo.owner}/${site.repo.repo}`, `${repository.owner}/${repository.name}`].map((name) => name.toLowerCase())
  return names.includes(`${owner}/${repo}`.toLowerCase())
}

function missing(trouble: PictureTrouble): PictureOutcome {
  return { is: 'missing', trouble }
}
