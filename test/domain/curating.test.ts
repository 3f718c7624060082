import { describe, expect, test } from 'vitest'
import type { Curated, KnownEntry } from '../../src/domain/knowledge.ts'
import { Curated as CuratedSchema, curationProblems } from '../../src/domain/knowledge.ts'
import { anEntry } from '../support/builders.ts'

const asked = [anEntry('build.f1.a1-k1'), anEntry('build.f2.a1-k1'), anEntry('exercise.m1.r1.p1-k1', { about: 'product' })]
const library: KnownEntry[] = [
  { name: 'testing#1', topic: 'testing', text: 'The tests start the product themselves.', paths: [], about: 'code', from: [] },
  { name: 'usage#1', topic: 'usage', text: 'Times are local.', paths: [], about: 'product', from: [] },
]
const curated = (...decisions: object[]): Curated => CuratedSchema.parse({ decisions })
const accept = (entry: string, text = `What ${entry} says.`, topic = 'testing') => ({ decision: 'accept', entry, topic, text })
const reject = (entry: string) => ({ decision: 'reject', entry, why: 'ambiguous', reason: 'Nobody could act on it.' })
const merge = (entry: string, into: string, text: string | null = null) => ({ decision: 'merge', entry, into, text, reason: 'It says the same.' })
const problems = (...decisions: object[]) => curationProblems(curated(...decisions), asked, library, 200)

describe('a curation', () => {
  test('is sound when every entry is accepted, merged or rejected once', () => {
    expect(problems(accept('build.f1.a1-k1'), merge('build.f2.a1-k1', 'build.f1.a1-k1'), reject('exercise.m1.r1.p1-k1'))).toEqual([])
    expect(problems(merge('build.f1.a1-k1', 'testing#1', 'Better words.'), reject('build.f2.a1-k1'), merge('exercise.m1.r1.p1-k1', 'usage#1'))).toEqual([])
  })

  test.each([
    ['an entry is forgotten', [accept('build.f1.a1-k1'), reject('build.f2.a1-k1')], 'Entry exercise.m1.r1.p1-k1 is decided 0 times; decide it exactly once.'],
    [
      'an entry is decided twice',
      [accept('build.f1.a1-k1'), reject('build.f1.a1-k1'), reject('build.f2.a1-k1'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f1.a1-k1 is decided 2 times; decide it exactly once.',
    ],
    ['an entry was not asked about', [...asked.map((k) => reject(k.id)), accept('build.f9.a1-k1')], 'Entry build.f9.a1-k1 was not asked about; leave it out.'],
    [
      'the target of a merge is rejected',
      [reject('build.f1.a1-k1'), merge('build.f2.a1-k1', 'build.f1.a1-k1'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f2.a1-k1 is merged into build.f1.a1-k1, which is neither an entry that you accept nor one of the library.',
    ],
    [
      'the target of a merge is nowhere',
      [reject('build.f1.a1-k1'), merge('build.f2.a1-k1', 'data#4'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f2.a1-k1 is merged into data#4, which is neither an entry that you accept nor one of the library.',
    ],
    [
      'new words are given twice',
      [accept('build.f1.a1-k1'), merge('build.f2.a1-k1', 'build.f1.a1-k1', 'Other words.'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f2.a1-k1 is merged into build.f1.a1-k1, which you accept here: put the whole wording into that one and leave "text" null.',
    ],
    [
      'what comes from the code would be read by testers',
      [merge('build.f1.a1-k1', 'usage#1'), reject('build.f2.a1-k1'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f1.a1-k1 comes from the code and usage#1 is read by testers, who must not know the code; accept it on its own or reject it.',
    ],
    [
      'the library says it already',
      [accept('build.f1.a1-k1', 'The tests start the product, themselves!'), reject('build.f2.a1-k1'), reject('exercise.m1.r1.p1-k1')],
      'Entry build.f1.a1-k1 says what testing#1 says already; merge it into that, or reject it as already_known.',
    ],
    [
      'a topic grows too long',
      [accept('build.f1.a1-k1', 'x'.repeat(190)), reject('build.f2.a1-k1'), reject('exercise.m1.r1.p1-k1')],
      'The topic testing would hold 229 characters; at most 200: merge, shorten or reject some, or use a topic that fits better.',
    ],
  ])('goes back when %s', (_, decisions, sentence) => {
    expect(problems(...decisions)).toEqual([sentence])
  })
})
