import { createHash } from 'node:crypto'
import type { Assertion } from '../../domain/contract.ts'
import { isSought, itemsOf } from '../../domain/evidence.ts'
import { branches, type Sha } from '../../domain/id.ts'
import { borneOut } from '../../domain/borne.ts'
import type { Published, Report } from '../../domain/verdict.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { SandboxFileError } from '../../ports/sandbox.ts'
import type { RunRecord } from '../record.ts'
import type { Job } from '../services.ts'
import { repositoryOf } from '../services.ts'
import type { TesterCall } from './calls.ts'
import { callsFor } from './calls.ts'

interface EvidenceFile {
  assertion: Assertion['id']
  path: string
  content: Uint8Array
  sha256: string
  items: string[]
}

/**
 * What the run showed of each assertion, as files on the mission's record branch: a transcript of every call, the pictures, the
 * files that commands wrote, and a manifest with a hash of each. Null when there is nothing to show.
 */
export async function publish(job: Job, about: { assertions: readonly Assertion[]; head: Sha; report: Report; record: RunRecord }, tester: Sandbox): Promise<Published | null> {
  const { mission, run, services, signal } = job
  const folder = `evidence/${run.slice(mission.key.length + 1)}`
  const files = (await Promise.all(about.assertions.map((assertion) => filesOf(assertion, callsFor(about.record, assertion, about.head), { folder, tester })))).flat()
  if (files.length === 0) return null
  const manifest = {
    mission: mission.key,
    run,
    head: about.head,
    assertions: about.assertions.map(({ id, evidence, tool }) => ({
      assertion: id,
      tool,
      result: about.report.results.find((r) => r.assertion === id)?.result ?? 'blocked',
      items: evidence.map((item) => ({ item, files: files.filter((f) => f.assertion === id && f.items.includes(item)).map((f) => f.path) })),
      files: files.filter((f) => f.assertion === id).map(({ path, sha256 }) => ({ path, sha256 })),
    })),
  }
  const commit = await services.workspaces.record(
    {
      repository: repositoryOf(mission),
      branch: branches.record(mission.key),
      // The manifest is last: it tells in which commit the rest came.
      files: [...files.map(({ path, content }) => ({ path, content })), { path: `${folder}/manifest.json`, content: new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`) }],
      message: {
        text: `Evidence of ${about.assertions.length === 1 ? (about.assertions[0]?.id ?? '') : `${about.assertions.length} checks`} on ${about.head.slice(0, 7)}`,
        trailers: { Mission: mission.key, 'Agent-Run': run },
      },
      at: new Date(mission.runs[run]?.started_at ?? mission.requested_at),
    },
    signal,
  )
  return { commit, folder, files: files.map(({ assertion, path, sha256, items }) => ({ assertion, path, sha256, items })) }
}

async function filesOf(assertion: Assertion, calls: readonly TesterCall[], where: { folder: string; tester: Sandbox }): Promise<EvidenceFile[]> {
  const files: EvidenceFile[] = []
  const named = itemsOf(assertion)
  const borne = borneOut(
    named.map(({ item }) => item),
    calls,
  )
  for (const [at, call] of calls.entries()) {
    const items = named.filter((_, i) => borne[i]?.by.includes(at))
    const name = `${where.folder}/${assertion.id}/${String(call.n).padStart(2, '0')}`
    const kept = await Promise.all(call.shown.files.map((file) => bytesOf(where.tester, file)))
    for (const file of kept) {
      if (file === null) continue
      const own = items.filter(({ item }) => item.is === 'screenshot' || item.is === 'file' || (isSought(item) && item.within.is === 'file')).map(({ text }) => text)
      files.push({ assertion: assertion.id, path: `${name}-${safe(file.name)}`, content: file.bytes, sha256: sha256(file.bytes), items: own })
    }
    const transcript = new TextEncoder().encode(
      `${assertion.id} · call ${call.n} · ${call.shown.tool}${call.counts ? '' : ' · does not count'}\n${JSON.stringify(call.input, null, 1)}\n\n${call.told}\n${call.cut ? `\n--- the whole of what it showed ---\n${call.shown.text}\n` : ''}`,
    )
    files.push({ assertion: assertion.id, path: `${name}-${call.shown.tool}.txt`, content: transcript, sha256: sha256(transcript), items: items.map(({ text }) => text) })
  }
  return files
}

/** A file as the tool left it; what was overwritten since is not what was seen. */
async function bytesOf(tester: Sandbox, file: TesterCall['shown']['files'][number]): Promise<{ name: string; bytes: Uint8Array } | null> {
  try {
    const bytes = await tester.readFile(file.path)
    return sha256(bytes) === file.sha256 ? { name: file.name, bytes } : null
  } catch (error) {
    if (error instanceof SandboxFileError) return null
    throw error
  }
}

function safe(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'file'
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
