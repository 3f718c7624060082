import { expect, test } from 'vitest'
import { formatOf } from '../../src/domain/picture-format.ts'
import { picturesIn } from '../../src/domain/pictures.ts'
import { canonicalise } from '../../src/domain/untrusted.ts'
import { gif, heavyPng, jpeg, png, svg, webp } from '../support/pictures.ts'

test.each([
  ['Markdown', 'So: ![a mock](https://github.com/user-attachments/assets/1) please', ['https://github.com/user-attachments/assets/1']],
  ['as GitHub writes it', '<img width="800" alt="Image" src="https://github.com/user-attachments/assets/2" />', ['https://github.com/user-attachments/assets/2']],
  ['by a label', 'See ![mock][m].\n\n[m]: https://example.org/m.png', ['https://example.org/m.png']],
  ['in a link', '[![badge](https://example.org/b.png)](https://example.org)', ['https://example.org/b.png']],
  ['twice, and in order', '![](b.png) <img src=a.png> ![](b.png)', ['b.png', 'a.png']],
  ['an escaped ampersand', '<img src="https://example.org/x?a=1&amp;b=2">', ['https://example.org/x?a=1&b=2']],
  ['no picture in code', '```md\n![](a.png)\n```\n`![](b.png)` and ``<img src="c.png"> ` `` but ![](d.png)', ['d.png']],
  ['no picture in a fence that is never closed', '![](a.png)\n~~~\n![](b.png)', ['a.png']],
  ['a link is none', '[mock](https://example.org/m.png)', []],
])('%s', (_, text, addresses) => {
  expect(picturesIn(canonicalise(text).text)).toEqual(addresses)
})

test('what a reader cannot see is not looked at', () => {
  const hidden = '<!-- ![](https://github.com/user-attachments/assets/1) --><div hidden><img src="https://github.com/user-attachments/assets/2"></div>Words.'
  expect(picturesIn(canonicalise(hidden).text)).toEqual([])
})

test('any text is read in linear time', () => {
  for (const part of ['![', '![]([', '`', '`` ` ', '<img ', '<img src=', '![a][', '[a]: ', '~~~\n']) expect(picturesIn(part.repeat(60_000 / part.length)).length).toBeLessThan(2)
})

test.each([
  ['PNG', png(1280, 800), { is: 'picture', type: 'image/png', size: { width: 1280, height: 800 } }],
  ['JPEG', jpeg, { is: 'picture', type: 'image/jpeg', size: { width: 6, height: 4 } }],
  ['GIF', gif, { is: 'picture', type: 'image/gif', size: { width: 1, height: 1 } }],
  ['WebP', webp, { is: 'picture', type: 'image/webp', size: { width: 6, height: 4 } }],
  ['a PNG with much text in it', heavyPng(200_000), { is: 'picture', type: 'image/png', size: { width: 6, height: 4 } }],
  ['SVG', svg, { is: 'other', looks: 'SVG' }],
  ['a web page', Buffer.from('<!DOCTYPE html><html>'), { is: 'other', looks: 'a web page' }],
  ['a pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:1\n'), { is: 'other', looks: 'a pointer of git LFS' }],
  ['a PNG that was cut off', png().subarray(0, 60), { is: 'other', looks: 'a broken png file' }],
  ['a JPEG that was cut off', jpeg.subarray(0, jpeg.length - 2), { is: 'other', looks: 'a broken jpeg file' }],
  ['a WebP that was cut off', webp.subarray(0, 40), { is: 'other', looks: 'a broken webp file' }],
  ['a GIF that was cut off', gif.subarray(0, 20), { is: 'other', looks: 'a broken gif file' }],
  ['only a name', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), { is: 'other', looks: 'a broken png file' }],
  ['a picture without size', png(0, 4), { is: 'other', looks: 'a broken png file' }],
  ['nothing', Buffer.alloc(0), { is: 'other', looks: 'empty' }],
  ['text', Buffer.from('hello'), { is: 'other', looks: 'no picture' }],
])('%s is told by its bytes', (_, bytes, format) => {
  expect(formatOf(bytes)).toEqual(format)
})
