import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { briefFields, briefOf } from '../../../src/domain/brief.ts'
import { issueForm } from '../../../src/domain/views/issue-form.ts'
import { settingsTemplate } from '../../../src/domain/views/settings-template.ts'
import { readSettings } from '../../../src/agents/repository/settings.ts'
import { packageRoot } from '../../../src/paths.ts'

const Form = z.strictObject({
  name: z.string(),
  description: z.string(),
  title: z.string(),
  body: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
      z.strictObject({
        type: z.literal('textarea'),
        id: z.string().regex(/^[\w-]+$/),
        attributes: z.strictObject({ label: z.string(), description: z.string(), placeholder: z.string() }),
        validations: z.strictObject({ required: z.boolean() }),
      }),
    ]),
  ),
})

it('the issue form is one of GitHub, and what it makes is read again', () => {
  const form = Form.parse(parse(issueForm()))
  const fields = form.body.flatMap((part) => (part.type === 'textarea' ? [part] : []))
  expect(fields.map((f) => [f.attributes.label, f.validations.required])).toEqual(briefFields.map((f) => [f.label, f.required]))
  const filled = fields.map((f) => `### ${f.attributes.label}\n\n${f.attributes.placeholder}`).join('\n\n')
  expect(briefOf(filled)).toMatchObject({
    done: ['A booking of a taken room is refused and names the holder and the end', 'The page keeps what was typed when it refuses'],
    not_planned: ['logins', 'e-mail'],
  })
})

it('our own repository offers the same form', async () => {
  expect(await readFile(path.join(packageRoot, '.github/ISSUE_TEMPLATE/mission.yml'), 'utf8')).toBe(issueForm())
})

it('the settings to begin with say nothing, and with the marks taken away they are sound', () => {
  expect(readSettings(settingsTemplate())).toEqual({ procedures: {}, boundaries: [], problems: [] })
  const bare = settingsTemplate()
    .split('\n')
    .filter((line) => /^# {1,}\S/.test(line) && !/^# [A-Z]|^# what does/.test(line))
    .map((line) => line.slice(2))
    .join('\n')
  expect(readSettings(bare)).toMatchObject({ procedures: { test: 'npm test', port: 3000, services: [{ name: 'db' }] }, boundaries: expect.arrayContaining(['legacy/']), problems: [] })
})
