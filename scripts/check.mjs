// `npm run check`: format, typed lint with the import fences, types, unused code, unit and scenario tests, a hundred random missions.
import { bin, step } from './steps.mjs'

const results = [
  await step('format', bin('oxfmt'), ['--check', 'src', 'test', 'scripts']),
  await step('lint', bin('oxlint'), ['--type-aware', 'src', 'test', 'scripts']),
  await step('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']),
  await step('unused', bin('knip'), []),
  await step('tests', bin('vitest'), ['run', '--project', 'quick'], { MISSIONS_RANDOM: '100' }),
]
process.exit(results.some((r) => r.code !== 0) ? 1 : 0)
