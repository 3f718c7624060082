import type { Mission } from '../mission.ts'
import { code, inline } from './escape.ts'
import { list } from './figures.ts'
import { bullets, numbered, type Fold } from './page.ts'

/** The request in the parts that a plan is judged by; each line of the definition of done with what proves it. */
export function briefFold(m: Mission): Fold | null {
  const u = m.understanding
  if (!u) return null
  const done = u.done.map((line, i) => {
    const by = (m.contract?.assertions ?? []).filter((a) => a.proves.includes(i + 1)).map((a) => a.id)
    return `${inline(line, 300)}${by.length > 0 ? ` *(${by.join(', ')})*` : ''}`
  })
  return {
    summary: '<b>The brief</b>: for whom, done when, within which limits',
    blocks: [
      `**Goal** ${inline(u.goal, 1500)}`,
      u.users.length > 0 ? `**For** ${list(u.users.map((user) => inline(user, 120)))}` : '',
      `**Done when**\n\n${numbered(done)}`,
      u.constraints.length > 0 ? `**Within these limits**\n\n${bullets(u.constraints.map((x) => inline(x, 300)))}` : '',
    ].filter((block) => block !== ''),
  }
}

/** What must not be touched, beside what no agent may touch anyway. */
export function boundaries(m: Mission): string {
  const named = m.plan?.boundaries ?? []
  return named.length === 0 ? '' : `**Must not be touched** ${named.map((b) => (/\s/.test(b) ? inline(b, 200) : code(b, 200))).join(' · ')}`
}

/** The repository's own settings could not be read: whoever approves should know first. */
export function settingsTrouble(m: Mission): string {
  const problems = m.settings?.problems ?? []
  return problems.length === 0 ? '' : `**Not used: the settings of this repository.** ${problems.map((p) => inline(p, 300)).join(' · ')}`
}

/** Decisions with the words they rest on; a program found them there. */
export function decisionsFold(m: Mission): Fold | null {
  const decisions = m.plan?.decisions ?? []
  if (decisions.length === 0) return null
  return {
    summary: `<b>Why so: ${decisions.length === 1 ? 'one decision' : `${decisions.length} decisions`}</b>, each with the words it rests on`,
    blocks: decisions.map((d) => {
      const place = d.document === 'issue' ? 'the request' : d.document === 'answers' ? 'your answers' : code(d.document, 160)
      return `- ${inline(d.decision, 400)}  \n  “${inline(d.quote, 400)}” *(${place}${d.section.trim() ? `, ${inline(d.section, 120)}` : ''})*`
    }),
  }
}

/** What explorers found out, for whoever wants to know what the plan rests on. */
export function notesFold(m: Mission): Fold | null {
  if (m.notes.length === 0) return null
  return {
    summary: `<b>Research notes</b>: ${m.notes.length === 1 ? 'one question' : `${m.notes.length} questions`} that explorers answered`,
    blocks: m.notes.map((note) => {
      const places = note.places.slice(0, 6).map((p) => code(`${p.path}:${p.line}`, 120))
      return `**${inline(note.question, 240)}**\n\n${inline(note.answer, 700)}${places.length > 0 ? `\n${places.join(', ')}` : ''}${note.unsure.length > 0 ? `\n*Not settled:* ${note.unsure.map((x) => inline(x, 200)).join(' · ')}` : ''}`
    }),
  }
}
