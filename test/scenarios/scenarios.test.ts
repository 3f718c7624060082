import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { play } from './play.ts'
import { stories } from './stories.ts'

// Whole missions as stories. `RECORD=1` writes down what came of each told line; without it the files must say so already.

describe('stories', () => {
  it.each(stories.map(({ name, file }) => [name, file] as const))('%s', (_, file) => {
    const written = readFileSync(file, 'utf8')
    const played = play(written).recorded
    if (process.env['RECORD']) writeFileSync(file, played)
    else expect(played).toBe(written)
    expect(played).toMatch(/^= /m)
  })

  it('an altered recording is found', () => {
    const told = '```story\n< MissionRequested\n```\n'
    const { recorded } = play(told)
    expect(recorded).toContain('> Acknowledge acknowledge')
    expect(play(recorded.replace('> Acknowledge', '> PublishPlan')).recorded).toBe(recorded)
  })
})
