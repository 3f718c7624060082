import { briefFields, type BriefField } from '../brief.ts'

/** `.github/ISSUE_TEMPLATE/mission.yml`: five minutes, two fields that must be filled. It sets no label: the label is what starts a mission. */
export function issueForm(): string {
  return `name: Mission
description: Describe a change; the mission app plans it, and nothing is built before you approve the plan.
title: "Mission: "
body:
  - type: markdown
    attributes:
      value: |
        Two fields must be filled, the others save questions later. Set the label \`mission\` when you are content: that starts it.
        Say what people should see, not how to build it.
${briefFields.map(fieldText).join('')}`
}

function fieldText({ key, label, required }: BriefField): string {
  const { description, placeholder } = words[key]
  return `  - type: textarea
    id: ${key.replace('_', '-')}
    attributes:
      label: ${label}
      description: ${JSON.stringify(description)}
      placeholder: |
${placeholder
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
    validations:
      required: ${required}
`
}

const words: Record<BriefField['key'], { description: string; placeholder: string }> = {
  goal: {
    description: 'What will be true for whom when it is done, and why? Pictures can be dropped here.',
    placeholder: 'A room that is taken cannot be booked again, and whoever tries learns who has it. Two teams met in front of Oak three times this month.',
  },
  done: {
    description: 'What will you look at to say yes? One line each. Every line is proved on the running product before you are asked to merge.',
    placeholder: 'A booking of a taken room is refused and names the holder and the end\nThe page keeps what was typed when it refuses',
  },
  users: { description: 'Who uses it? One line each.', placeholder: 'everybody who books a room\nthe kiosk in the hall, over the API' },
  not_planned: { description: 'What should not be built, though somebody might expect it? One line each.', placeholder: 'logins\ne-mail' },
  constraints: {
    description: 'What must stay as it is, what may not be used, how much is too much? One line each.',
    placeholder: 'The answers of /api/bookings keep their fields\nNo new dependencies',
  },
  assumptions: { description: 'What may be decided without asking you? One line each.', placeholder: 'wording of messages\nbookings may touch' },
}
