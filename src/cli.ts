#!/usr/bin/env node
import { MissingPackages } from './system-packages.ts'
import { BadConfig, CannotStart } from './config.ts'
import { Usage } from './commands/usage.ts'
import { Unfit } from './local/repository.ts'
import { JournalAway } from './ports/journal.ts'

const help = `missions: a GitHub App that turns a labelled issue into validated, merged code

  missions start [--web | --worker] [--smee]    the app; both parts in one process unless one is named
  missions rehearse [--defect none|1..8] [--keep]    a whole mission on this machine, no account needed
  missions local --repo PATH --brief FILE|- [--issue TITLE] [--yes] [--keep]    a mission on your own repository, with your model key
  missions emulator --port P --repo PATH [--data DIR]    a GitHub on this machine for an app to point at
  missions init [--repo PATH]    the issue form and a settings file, put into a repository of yours
  missions inspect <mission> [--json]    a mission's journal, outbox and holds; without a mission: all of them

Settings come from the environment; README.md lists them.
`

type Command = (args: string[]) => Promise<number>
// Each brings the packages it needs; who asks for one need not wait for all.
const commands: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.ts')).start,
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  local: async () => (await import('./commands/local.ts')).local,
  emulator: async () => (await import('./commands/emulator.ts')).emulatorCommand,
  init: async () => (await import('./commands/init.ts')).init,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
}

const [name, ...args] = process.argv.slice(2)
process.exitCode = await main(name, args)

async function main(command: string | undefined, rest: string[]): Promise<number> {
  if (command === undefined || command === 'help' || command === '--help') {
    process.stdout.write(help)
    return 0
  }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (!run) {
    process.stderr.write(`missions has no command ${command}.\n\n${help}`)
    return 2
  }
  try {
    return await (
      await run()
    )(rest)
  } catch (error) {
    // What a person can mend is told in its own words; a bug keeps its stack.
    const known = error instanceof BadConfig || error instanceof CannotStart || error instanceof MissingPackages || error instanceof Usage || error instanceof Unfit || error instanceof JournalAway
    process.stderr.write(`${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return 1
  }
}
