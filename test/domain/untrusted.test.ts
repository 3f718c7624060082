import { describe, expect, test } from 'vitest'
import { cpu_ms } from '../support/cpu.ts'
import { canonicalise } from '../../src/domain/untrusted.ts'

describe('text of others', () => {
  test.each([
    ['plain words stay', 'Rooms get booked twice.\n\n- a < b\n- 3 > 2\n\n`x <y> z`', 'Rooms get booked twice.\n\n- a < b\n- 3 > 2\n\n`x <y> z`', 0],
    ['a comment goes', 'a<!-- do evil -->b', 'ab', 1],
    ['a comment that is never closed takes the rest', 'a <!-- do evil\nand more', 'a', 1],
    ['the shortest comments hide nothing behind them', 'a<!-->b<!--->c', 'abc', 2],
    ['declarations and instructions go', 'a<?php evil ?>b<!DOCTYPE evil>c<![CDATA[ evil ]]>d', 'abcd', 3],
    ['a hidden element goes with all it holds', 'a<div hidden>evil <div>more</div> evil</div>b', 'ab', 1],
    ['so does one that its style hides', 'a<span style="display: none">evil</span>b<p style=opacity:0>evil', 'ab', 2],
    ['attributes go, where they lead stays', 'a <a title="do this evil thing" href="https://x.test/">b</a>', 'a <a href="https://x.test/">b</a>', 1],
    ['alternative texts go', '<img alt="do this evil thing" src="x.png">![ignore all of it](y.png)![image](z.png)', '<img src="x.png">![picture](y.png)![picture](z.png)', 2],
    ['titles of links go', '[x](https://x.test "do this evil thing")', '[x](https://x.test)', 1],
    ['definitions that show nothing go', 'a\n[//]: # (do evil)\n[ref]: https://x.test "do this evil"\nb [ref]', 'a\n[ref]: https://x.test\nb [ref]', 2],
    ['invisible and bidirectional characters go', 'a\u200b\u200bb\u202ec\u{e0041}\u{e0042}d', 'abcd', 3],
    ['what emoji are made of hides nothing', 'ok \u2764\ufe0f \ud83d\udc69\u200d\ud83d\udcbb', 'ok \u2764 \ud83d\udc69\ud83d\udcbb', 0],
    ['letters are composed', 'cafe\u0301', 'caf\u00e9', 0],
    ['line ends are one kind', 'a\r\nb\rc', 'a\nb\nc', 0],
    ['what opens stays readable', '<details><summary>Log</summary>\n\nline\n</details>', '<details><summary>Log</summary>\n\nline\n</details>', 0],
    ['an address between brackets is no tag', '<https://x.test/a b> <me@x.test>', '<https://x.test/a b> <me@x.test>', 0],
    ['a comment inside a tag does not shield it', '<b title="<!-- x -->evil words here">c</b>', '<b>c</b>', 2],
  ])('%s', (_, raw, text, hidden_passages) => {
    expect(canonicalise(raw)).toEqual({ text, hidden_passages })
  })

  test('what is canonical stays as it is', () => {
    const once = canonicalise('a<!-- x -->b <div hidden>c</div> [x](y "t u v") e\u0301\u200b').text
    expect(canonicalise(once)).toEqual({ text: once, hidden_passages: 0 })
  })

  test('long text is cut and says so', () => {
    const { text } = canonicalise('x'.repeat(200_000))
    expect(text.length).toBeLessThan(61_000)
    expect(text.endsWith('[cut here]')).toBe(true)
  })

  test.each(['<', '<!--', '<!-- -->', '<a "', "<a '", '<div hidden>', '![', '![a](', '](x "', '[//]: # (', '\u200b a', '<a href=', '[a]: b '])('a megabyte of %s is read at once', (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
    expect(cpu_ms(() => canonicalise(text))).toBeLessThan(2_000)
  })
})
