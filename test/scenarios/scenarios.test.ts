import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { play } from './play.ts'

// Whole missions as stories. `RECORD=1` writes down what came of each told line; without it the files must say so already.

const folder = new URL('.', import.meta.url)
const stories = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')

describe('stories', () => {
  it.each(stories)('%s', (name) => {
    const file = new URL(name, folder)
    const written = readFileSync(file, 'utf8')
    const played = play(written)
    if (process.env['RECORD']) writeFileSync(file, played)
    else expect(played).toBe(written)
    expect(played).toMatch(/^= /m)
  })

  it('an altered recording is found', () => {
    const told = '```story\n< MissionRequested\n```\n'
    const recorded = play(told)
    expect(recorded).toContain('> Acknowledge acknowledge')
    expect(play(recorded.replace('> Acknowledge', '> PublishPlan'))).toBe(recorded)
  })
})
