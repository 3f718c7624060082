import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu_ms } from '../support/cpu.ts'
import { Command, parseCommands } from '../../src/domain/commands.ts'

describe('a comment is read for commands', () => {
  it.each<[string, Command]>([
    ['/approve-plan', { name: 'approve-plan', hash: null, cap_usd: null }],
    ['/approve-plan a41f', { name: 'approve-plan', hash: 'a41f', cap_usd: null }],
    ['/Approve-Plan `A41F` --cap $20', { name: 'approve-plan', hash: 'a41f', cap_usd: 20 }],
    ['/approve_plan --cap=1,250.50 a41f.', { name: 'approve-plan', hash: 'a41f', cap_usd: 1250.5 }],
    ['/approve-plan a41f —cap 20 USD', { name: 'approve-plan', hash: 'a41f', cap_usd: 20 }],
    ['/revise-plan no e-mails', { name: 'revise-plan', text: 'no e-mails' }],
    ['/pause', { name: 'pause' }],
    ['/pause please', { name: 'pause' }],
    ['/RESUME.', { name: 'resume' }],
    ['  /resume', { name: 'resume' }],
    ['/retry', { name: 'retry', feature: null, text: '' }],
    ['/retry F3', { name: 'retry', feature: 'f3', text: '' }],
    ['/retry f3: write beside, then rename', { name: 'retry', feature: 'f3', text: 'write beside, then rename' }],
    ['/retry with more care', { name: 'retry', feature: null, text: 'with more care' }],
    ['/waive val-data-003 the machine has a battery', { name: 'waive', what: 'VAL-DATA-003', reason: 'the machine has a battery' }],
    ['/waive VAL‑DATA‑003: fine', { name: 'waive', what: 'VAL-DATA-003', reason: 'fine' }],
    ['/waive review.f1.r1-2 not ours', { name: 'waive', what: 'review.f1.r1-2', reason: 'not ours' }],
    ['/waive Dry-run: the machine is not this one', { name: 'waive', what: 'dry-run', reason: 'the machine is not this one' }],
    ['/waive f3 not needed', { name: 'waive', what: 'f3', reason: 'not needed' }],
    ['/model worker claude-opus-5-5 high', { name: 'model', role: 'worker', model: 'claude-opus-5-5', effort: 'high' }],
    ['/model user_testing `claude-haiku-5-5`', { name: 'model', role: 'user-testing', model: 'claude-haiku-5-5', effort: null }],
    ['/model scrutiny default', { name: 'model', role: 'scrutiny', model: null, effort: null }],
    ['/budget 20', { name: 'budget', usd: 20 }],
    ['/budget $1,000', { name: 'budget', usd: 1000 }],
    ['/budget 12.50 dollars', { name: 'budget', usd: 12.5 }],
    ['/cancel', { name: 'cancel' }],
    ['/status', { name: 'status' }],
    ['/help', { name: 'help' }],
  ])('%s', (body, command) => {
    expect(parseCommands(body)).toEqual([command])
  })

  it.each([
    ['/resum', 'Did you mean `/resume`?'],
    ['/reusme', 'Did you mean `/resume`?'],
    ['/approve', 'Did you mean `/approve-plan`?'],
    ['/aprove-plan', 'Did you mean `/approve-plan`?'],
    ['/stop', 'Did you mean `/cancel`?'],
    ['/continue', 'Did you mean `/resume`?'],
    ['/stats', 'Did you mean `/status`?'],
    ['/revise-plan', 'Say what should change: `/revise-plan <what should be different>`.'],
    ['/model worker claude-opus-5-5 huge', 'The effort is low, medium, high; `huge` is none of them.'],
    ['/model worker', 'Name the role (orchestrator, worker, scrutiny, user-testing, explorer), then the model or `default`: `/model worker <model> [low|medium|high]`.'],
    ['/budget', 'Name the new limit in dollars: `/budget 20`.'],
    ['/budget 0', 'Name the new limit in dollars: `/budget 20`.'],
    ['/budget -5', 'Name the new limit in dollars: `/budget 20`.'],
    ['/budget a lot', 'Name the new limit in dollars: `/budget 20`.'],
    ['/approve-plan --cap', 'Name the cap in dollars: `/approve-plan --cap 20`.'],
    ['/waive', 'Name the check, the finding or the feature, then why: `/waive VAL-API-001 <reason>`.'],
    ['/waive VAL-API-001', 'Say why, for the record: `/waive VAL-API-001 <reason>`.'],
  ])('%s is answered with help', (line, problem) => {
    expect(parseCommands(line)).toEqual([{ name: 'unknown', line, problem }])
  })

  it('never takes praise for the hash of a plan', () => {
    expect(parseCommands('/approve-plan looks good')).toMatchObject([{ name: 'unknown', problem: expect.stringContaining('`looks` is not the beginning') }])
    expect(parseCommands('/approve-plan 20')).toMatchObject([{ name: 'unknown' }])
  })

  it.each([
    ['a plain reply', 'Yes to 1, and 2 as you say.'],
    ['a slash in the middle', 'please /resume'],
    ['a path', '/api/bookings answers 500'],
    ['other bots’ commands', '/lgtm\n/retest\n/hold\n/assign @mara\n/merge\n/close'],
    ['a fence', '```\n/cancel\n```'],
    ['an open fence', '~~~text\n/cancel'],
    ['a fence closed by a longer one', '```\n/cancel\n``\n/cancel\n`````'],
    ['an indented block', '    /cancel'],
    ['a quote', '> /cancel\n>/cancel'],
    ['a hidden comment', '<!-- look\n/approve-plan\n-->'],
    ['a hidden comment that never ends', 'Thanks!\n<!--\n/approve-plan'],
    ['nothing', ''],
  ])('%s holds no command', (_, body) => {
    expect(parseCommands(body)).toEqual([])
  })

  it('finds a command behind a fence, a quote, a comment and prose', () => {
    expect(parseCommands('> /cancel\n```\n/cancel\n```\nI saw `<!--` on the page.\n<!-- x -->\n\n/resume\nthanks')).toEqual([{ name: 'resume' }])
  })

  it('reads several commands, each with its own words', () => {
    expect(parseCommands('/waive VAL-API-001 because\nit is old\n\n/retry f2 and look\nat the log\n/resume\r\n/status')).toEqual([
      { name: 'waive', what: 'VAL-API-001', reason: 'because\nit is old' },
      { name: 'retry', feature: 'f2', text: 'and look\nat the log' },
      { name: 'resume' },
      { name: 'status' },
    ])
  })

  it('gives a revision everything to the end of the comment, commands and code too', () => {
    const words = 'like this:\n```\n/cancel\n```\nand\n/resume'
    expect(parseCommands(`/revise-plan ${words}`)).toEqual([{ name: 'revise-plan', text: words }])
  })

  it('gives only commands that its schema knows, whatever it reads', () => {
    const words = fc.constantFrom('/retry', '/waive', '/approve-plan', '/budget', '/resum', '\n', ' ', '`', '```', '<!--', '-->', '>', 'f3', 'VAL-API-001', '--cap', '$', '1,000', '-1', '.', '💥')
    fc.assert(fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }), (parts) => void parseCommands(parts.join('')).map((command) => Command.parse(command))))
  })

  it.each([
    ['dots', '/waive ' + '.'.repeat(65_000) + 'x'],
    ['fences', '`'.repeat(65_000) + '\n/x'],
    ['open comments', '<!--'.repeat(16_000)],
    ['spaces', '/approve-plan --cap' + ' '.repeat(65_000) + 'x'],
    ['caps', '/approve-plan ' + '--cap '.repeat(10_000)],
    ['commands', '/retry\n'.repeat(9_000)],
    ['digits', '/budget ' + '1,111'.repeat(13_000)],
    ['backticks', 'a`'.repeat(32_000)],
  ])('reads 65,000 characters of %s at once', (_, body) => {
    expect(cpu_ms(() => expect(parseCommands(body).length).toBeLessThanOrEqual(10))).toBeLessThan(1_000)
  })
})
