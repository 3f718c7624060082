import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpu_ms } from '../../support/cpu.ts'
import { code, fenced, inline, mention, prose, quoted, title } from '../../../src/domain/views/escape.ts'

const seam = '\u200B'

describe('what others wrote', () => {
  it.each([
    ['mentions nobody', 'ask @mara and @acme/web-leads', `ask @${seam}mara and @${seam}acme/web-leads`],
    ['closes nothing', 'Closes #12, fixes GH-3', `Closes #${seam}12, fixes GH-${seam}3`],
    ['closes nothing by URL', 'Fixes https://github.com/a/b/issues/3', 'Fixes `https://github.com/a/b/issues/3`'],
    ['holds no HTML', '<img src=x onerror=y> &amp; <!-- hm -->', '&lt;img src=x onerror=y&gt; &amp;amp; &lt;!-- hm --&gt;'],
    ['holds no picture', '![pixel](https://evil.example/?q=1)', '!\\[pixel\\](`https://evil.example/?q=1)`'],
    ['holds no link', '[here](//evil.example) www.evil.example', '\\[here\\](//evil.example) `www.evil.example`'],
    ['keeps code as code', 'run `npm test` and `a|b`', 'run `npm test` and `a|b`'],
    ['takes a lonely mark as a mark', 'a ` b', 'a \\` b'],
    ['is not emphasised', '*really* _so_ ~~no~~ snake_case', '\\*really\\* \\_so\\_ \\~\\~no\\~\\~ snake_case'],
    ['is no formula', '$x^2$ for $5', '&dollar;x^2&dollar; for $5'],
    ['is no heading', '# Big', '\\# Big'],
    ['is no list', '1. one', '1\\. one'],
    ['is one line', 'a\n\n# b\tc', 'a # b c'],
    ['shows no invisible characters', 'a\u202Eb\u200B\u0000c\u{E0041}d\uFEFF', 'abcd'],
  ])('%s', (_, text, shown) => {
    expect(inline(text)).toBe(shown)
  })

  it('is bounded, and never cut inside a character', () => {
    expect(inline('x'.repeat(400), 10)).toBe('xxxxxxxxx…')
    expect(inline('aaaa💥💥', 6)).toBe('aaaa…')
  })

  it('keeps paragraphs and lists as prose, and nothing else', () => {
    expect(prose('One.\n\n\n\n* two\n  - # three\n1. four\n---\n    code\n# five\n> six')).toBe('One.\n\n- two\n  - \\# three\n1. four\n\\---\ncode\n\\# five\n&gt; six')
    expect(quoted('a\n\nb')).toBe('> a\n>\n> b')
  })

  it('cannot leave its fence', () => {
    expect(fenced('\n```\n@mara\n````\n')).toBe('`````text\n```\n@mara\n````\n`````')
  })

  it('cannot leave its code span', () => {
    expect(code('a`b\n#1')).toBe(`\`aˋb #${seam}1\``)
    expect(code('')).toBe('` `')
  })

  it('as a title closes and mentions nothing, for commit messages take it over', () => {
    expect(title('Closes #12 @mara https://x.example')).toBe(`Closes #${seam}12 @${seam}mara https:${seam}//x.example`)
  })

  it('is mentioned only when it is a name', () => {
    expect(mention('mara')).toBe('@mara')
    expect(mention('acme/web-leads')).toBe('@acme/web-leads')
    expect(mention('x y @z')).toBe('`x y @z`')
  })

  it('never gets through, whatever it is', () => {
    const piece = fc.constantFrom('@a', '#1', '<b>', '`', '``', '\\', '[x](y)', '![', '|', 'http://a.b', 'www.a.b', '\n', '\n\n', '- ', '> ', '*', '$', '&lt;', 'GH-1', '\u200B')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (parts) => {
        for (const text of [inline(parts.join('')), prose(parts.join(''))]) {
          // What a code span holds is shown as it is, and does nothing; what stands around it stays apart.
          const outside = text.replace(/(?<!\\)((?:\\\\)*)`[^`\n]*`/g, '$1 ')
          expect(outside).not.toMatch(/@[\w-]|#\d|<|(?<!\\)(?:\\\\)*[[\]|]|https?:\/\/\S|www\.\S/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['`', '@', '<', 'http://', '[', '\n', ' ', '#1', '_', '$', '- ', '\\'])('is read at once, even 200,000 times %j', (piece) => {
    const text = piece.repeat(200_000)
    expect(
      cpu_ms(() => {
        for (const escape of [inline, prose, fenced, code, title]) escape(text, 20_000)
      }),
    ).toBeLessThan(2_000)
  })
})
