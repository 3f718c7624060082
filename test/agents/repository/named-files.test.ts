import { expect, test } from 'vitest'
import { namedFiles } from '../../../src/agents/repository/named-files.ts'

test.each([
  ['package.json and README.md', ['package.json', 'README.md']],
  ['package.json (scripts.test, bin, dependencies with package-lock.json), README.md:12.', ['package.json', 'README.md']],
  ['package.json scripts.test: node --test', ['package.json']],
  ['Makefile, .github/missions.yml; `docs/setup.md`', ['Makefile', '.github/missions.yml', 'docs/setup.md']],
  ['the settings', []],
])('%s', (text, files) => expect(namedFiles(text)).toEqual(files))
