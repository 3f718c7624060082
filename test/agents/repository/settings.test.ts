import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/agents/repository/settings.ts'
import { settingsProblems } from '../../../src/domain/settings.ts'
import { aPlan } from '../../support/builders.ts'

const file = `# How missions work here
procedures:
  install: npm ci --ignore-scripts
  test: npm test
  lint: null
  port: 3000
  env:
    PORT: "3000"
services:
  db:
    start: postgres -D /tmp/db
    health: pg_isready
    port: 5432
boundaries:
  - db/schema.sql
  - The public API keeps its answers
`

describe('.github/missions.yml', () => {
  it('says what it says, and nothing of what it leaves out', () => {
    expect(readSettings(file)).toEqual({
      procedures: {
        install: 'npm ci --ignore-scripts',
        test: 'npm test',
        lint: null,
        port: 3000,
        env: { PORT: '3000' },
        services: [{ name: 'db', start: 'postgres -D /tmp/db', health: 'pg_isready', port: 5432, stop: null }],
      },
      boundaries: ['db/schema.sql', 'The public API keeps its answers'],
      problems: [],
    })
    expect(readSettings('# nothing but a comment\n')).toEqual({ procedures: {}, boundaries: [], problems: [] })
    expect(readSettings('procedures:\nboundaries:\n')).toEqual({ procedures: {}, boundaries: [], problems: [] })
  })

  it.each([
    [
      'procedures:\n  test: npm test\n  tets: x\n',
      '.github/missions.yml, line 3: procedures.tets is not known; here may stand install, test, lint, types, start, port, health, consumer, build, scanners, env, entry_points.',
    ],
    ['procedures:\n  test: npm test\n\n  port: many\n', '.github/missions.yml, line 4: procedures.port is not as it should be: invalid input: expected number, received string.'],
    ['polcy: full\n', '.github/missions.yml, line 1: polcy is not known; here may stand procedures, services, boundaries.'],
    ['boundaries:\n  - a/\n  - 7\n', '.github/missions.yml, line 3: boundaries.1 is not as it should be: invalid input: expected string, received number.'],
    ['services:\n  db:\n    port: 5432\n', '.github/missions.yml, line 2: services.db.start is not as it should be: invalid input: expected string, received undefined.'],
    ['- a\n- b\n', '.github/missions.yml, line 1: the file is not as it should be: invalid input: expected object, received array.'],
  ])('%j is told with its line, and not used', (text, problem) => {
    expect(readSettings(text)).toEqual({ procedures: {}, boundaries: [], problems: [problem] })
  })

  it('broken YAML is told with its line', () => {
    expect(readSettings('procedures:\n  test: "npm\n').problems[0]).toMatch(/^\.github\/missions\.yml, line [23]: is not valid YAML here: /)
    expect(readSettings('a: &x 1\nb: *x\n').problems).toEqual(['.github/missions.yml, line 2: *x repeats another value; write the value out.'])
  })

  it('binds every plan', () => {
    const settings = readSettings('procedures:\n  test: npm run check\n  env: { A: "1", B: "2" }\nboundaries:\n  - legacy/\n')
    expect(settingsProblems(aPlan(), settings)).toEqual([
      '.github/missions.yml says test is "npm run check", and the plan has "npm test"; take what the file says.',
      '.github/missions.yml says env is {"A":"1","B":"2"}, and the plan has {}; take what the file says.',
      'Procedures were taken from .github/missions.yml; name it in "procedures_from".',
      '.github/missions.yml has the boundary "legacy/", and the plan does not; list it in "boundaries" as it stands there.',
    ])
    const plan = aPlan()
    const kept = { ...plan, procedures: { ...plan.procedures, test: 'npm run check', env: { B: '2', A: '1' } }, procedures_from: '.github/missions.yml, package.json', boundaries: ['legacy/'] }
    expect(settingsProblems(kept, settings)).toEqual([])
    expect(settingsProblems(aPlan(), null)).toEqual([])
  })
})
