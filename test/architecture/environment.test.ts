import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/paths.ts'
import { sources } from './imports.ts'

/** Who else mentions process.env, and why that is no second configuration. */
const exceptions: Record<string, string> = {
  'commands/start.ts': 'hands it to config.ts unread',
  'commands/local.ts': 'hands it to config.ts unread',
  'commands/rehearse.ts': 'a rehearsal has no app to configure: it only asks whether Redis and Chromium stand elsewhere',
  'commands/inspect.ts': 'reads a journal without an app: only the address of Redis is needed',
  'system-packages.ts': 'runs before any configuration: PATH to look for programs, the environment for apt',
  'emulator/git/run.ts': 'PATH, so that git is found',
  'stage/processes.ts': 'PATH and HOME for the processes it starts, and nothing else of the host',
  'rehearsal/scripted/programs/synthesise.ts': 'text of a program that a scripted model writes',
  'adapters/sandbox/inside/launch.ts': "runs inside the sandbox, whose environment is the sandbox's own",
  'adapters/sandbox/inside/browsing.ts': "runs inside the sandbox, whose environment is the sandbox's own",
}

test('config.ts is the only reader of process.env', () => {
  const readers = sources(join(packageRoot, 'src')).flatMap(({ file, text }) => (/\bprocess\s*\.\s*env\b|\benv\b[^;\n]*\bfrom 'node:process'/.test(withoutComments(text)) ? [file] : []))
  expect(readers.filter((file) => file !== 'config.ts' && !(file in exceptions))).toEqual([])
  // An exception that nobody needs any more goes.
  expect(Object.keys(exceptions).filter((file) => !readers.includes(file))).toEqual([])
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
