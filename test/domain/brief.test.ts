import { describe, expect, it } from 'vitest'
import { briefFields, briefOf, briefProblems } from '../../src/domain/brief.ts'
import { anUnderstanding } from '../support/builders.ts'

/** What GitHub makes of a filled form. */
function rendered(answers: Partial<Record<string, string>>): string {
  return briefFields.map(({ key, label }) => `### ${label}\n\n${answers[key] ?? '_No response_'}`).join('\n\n')
}

describe('a brief from the form', () => {
  const body = rendered({
    goal: 'No room is booked twice.\n\n#### Why\n\nIt happened three times.',
    done: '- A taken room is refused\n2. The page keeps what was typed\n- [ ] Nothing is lost\n',
    not_planned: 'logins\r\ne-mail',
  })

  it('is read again part by part', () => {
    expect(briefOf(body)).toEqual({
      goal: 'No room is booked twice.\n\n#### Why\n\nIt happened three times.',
      done: ['A taken room is refused', 'The page keeps what was typed', 'Nothing is lost'],
      users: [],
      not_planned: ['logins', 'e-mail'],
      constraints: [],
      assumptions: [],
    })
  })

  it.each(['Please make it so a taken room is refused.', '### Goal\n\nTwo things.', '### Steps\n\n1. Open the page\n\n### Definition of done\n\n_No response_', ''])('prose is no form: %j', (text) => {
    expect(briefOf(text)).toBeNull()
  })

  it('keeps the words of the person', () => {
    const brief = briefOf(body)
    expect(briefProblems(brief, anUnderstanding({ done: ['a taken  room is refused.', 'The page keeps everything'], not_planned: ['Logins'] }))).toEqual([
      'The person\'s definition of done has the line "The page keeps what was typed"; keep it in "done", word for word. What it leaves open is a question or an assumption.',
      'The person\'s definition of done has the line "Nothing is lost"; keep it in "done", word for word. What it leaves open is a question or an assumption.',
      'The person put "e-mail" out of scope; keep it in "not_planned", word for word.',
    ])
    expect(briefProblems(null, anUnderstanding())).toEqual([])
  })
})
