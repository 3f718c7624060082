import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { illustrated } from '../../src/local/pictures.ts'
import { gif, heavyPng, png, svg } from '../support/pictures.ts'

test('what a brief shows becomes attachments; what is elsewhere, no picture or not there is told', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'brief-'))
  try {
    await mkdir(join(dir, 'repo/docs'), { recursive: true })
    await mkdir(join(dir, 'desk'))
    const desk = join(dir, 'desk')
    await writeFile(join(dir, 'secret.png'), png())
    await writeFile(join(desk, 'a mock.png'), png(30, 20))
    await writeFile(join(dir, 'repo/docs/old.gif'), gif)
    await writeFile(join(desk, 'drawing.svg'), svg)
    await writeFile(join(desk, 'notes.png'), 'not a picture')
    await writeFile(join(desk, 'huge.png'), heavyPng(4_000_000))
    await symlink(join(dir, 'secret.png'), join(desk, 'link.png'))
    execFileSync('/usr/bin/mkfifo', [join(desk, 'pipe.png')])
    const attached: [string, number][] = []
    const attach = async ({ name, bytes }: { name: string; bytes: Uint8Array }) => {
      attached.push([name, bytes.length])
      return `https://here/${attached.length}`
    }
    const text = [
      'The form, a%20mock.png as text stays: ![a mock](a%20mock.png) and again <img alt="x" src="a%20mock.png">.',
      '![before][old]',
      '![](https://github.com/user-attachments/assets/1) ![](drawing.svg) ![](notes.png) ![](huge.png) ![](link.png) ![](../secret.png) ![](/etc/passwd) ![](gone.png) ![](pipe.png) ![](.)',
      '`![](a%20mock.png)`',
      '[old]: docs/old.gif',
    ].join('\n')
    expect(await illustrated(text, { dir: desk, repo: join(dir, 'repo') }, attach)).toEqual({
      body: [
        'The form, a%20mock.png as text stays: ![a mock](https://here/1) and again <img alt="x" src="https://here/1">.',
        '![before][old]',
        '![](https://github.com/user-attachments/assets/1) ![](drawing.svg) ![](notes.png) ![](huge.png) ![](link.png) ![](../secret.png) ![](/etc/passwd) ![](gone.png) ![](pipe.png) ![](.)',
        '`![](https://here/1)`',
        '[old]: https://here/2',
      ].join('\n'),
      notices: [
        'The brief shows drawing.svg: it is SVG; PNG, JPEG, GIF and WebP can be seen. The mission goes on without it.',
        'The brief shows notes.png: it is no picture; PNG, JPEG, GIF and WebP can be seen. The mission goes on without it.',
        'The brief shows huge.png: it is larger than 3.7 MB. The mission goes on without it.',
        'The brief shows link.png: it lies neither beside the brief nor in the repository. The mission goes on without it.',
        'The brief shows ../secret.png: it lies neither beside the brief nor in the repository. The mission goes on without it.',
        'The brief shows /etc/passwd: it lies neither beside the brief nor in the repository. The mission goes on without it.',
        'The brief shows gone.png: there is no such file, neither beside the brief nor in the repository. The mission goes on without it.',
        'The brief shows pipe.png: it is no file. The mission goes on without it.',
        'The brief shows .: it is no file. The mission goes on without it.',
      ],
    })
    expect(attached).toEqual([
      ['a mock.png', png(30, 20).length],
      ['old.gif', gif.length],
    ])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
