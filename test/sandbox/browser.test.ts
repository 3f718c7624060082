import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { noSandbox } from '../../src/adapters/sandbox/none.ts'
import { SandboxRefused, type BrowserObservation, type Sandbox, type Sandboxes } from '../../src/ports/sandbox.ts'
import { opened, openedPair, options, served, sh, temporary } from './made.ts'

const PAGE = `<!doctype html><title>Booking</title><h1>Rooms</h1>
<label>Name <input id=name></label>
<label>Room <select id=room><option>Red</option><option>Blue</option></select></label>
<button onclick="book()">Book</button> <button onclick="cancel()">Cancel</button> <a href="/next" target="_blank">More</a>
<p id=said></p>
<script>
async function book() {
  const answer = await fetch('/book', { method: 'POST', body: document.all.name.value + ' in ' + document.all.room.value })
  document.all.said.textContent = 'Booked: ' + await answer.text()
  console.warn('one booking')
}
function cancel() {
  document.all.said.textContent = confirm('Really cancel?') ? 'Cancelled' : 'Kept'
  if (document.all.said.textContent === 'Cancelled') alert('It is gone')
}
</script>`

const SITE = `require('node:http').createServer((request, response) => {
  if (request.url === '/away') return response.writeHead(302, { location: 'http://example.com/' }).end()
  if (request.url === '/local') return response.writeHead(302, { location: 'file:///etc/passwd' }).end()
  if (request.url === '/long') return response.end('<h1>Long</h1>' + '<p>paragraph</p>'.repeat(5000))
  if (request.url === '/next') return response.end('<title>Next</title><h1>Second page</h1>')
  if (request.method === 'POST') return request.pipe(response.writeHead(201))
  response.setHeader('content-type', 'text/html')
  response.end(${JSON.stringify(PAGE)})
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port) })`

/** The ref of the element that a line of the snapshot names. */
function ref(seen: BrowserObservation, line: string): string {
  const found = seen.snapshot.split('\n').find((candidate) => candidate.includes(line))
  return /\[ref=(\w+)\]/.exec(found ?? '')?.[1] ?? `no “${line}” in ${seen.snapshot}`
}

function suite(name: string, sandboxes: Sandboxes & { browserProbe(): Promise<unknown> }): void {
  test(`${name}: the browser's probe opens one`, async () => {
    expect(await sandboxes.browserProbe()).toEqual({ ok: true })
  })

  test(`${name}: a page is opened, filled and clicked, and what happened is seen`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    const first = await box.sandbox.browse({ act: 'open', url: `${base}/` })
    expect(first).toMatchObject({ url: `${base}/`, title: 'Booking', console: [] })
    expect(first.network).toContain(`GET ${base}/ -> 200`)
    await box.sandbox.browse({ act: 'fill', ref: ref(first, 'textbox "Name"'), text: 'Ann' })
    const chosen = await box.sandbox.browse({ act: 'select', ref: ref(first, 'combobox "Room"'), option: 'Blue' })
    expect(chosen.snapshot).toContain('option "Blue" [selected]')
    const booked = await box.sandbox.browse({ act: 'click', ref: ref(first, 'button "Book"') })
    expect(booked.snapshot).toContain('Booked: Ann in Blue')
    expect({ console: booked.console, network: booked.network }).toEqual({ console: ['warning: one booking'], network: [`POST ${base}/book -> 201`] })
    expect((await box.sandbox.browse({ act: 'snapshot' })).console).toEqual([])
    expect((await box.sandbox.browse({ act: 'wait', text: 'Booked: Ann', timeout_ms: 2_000 })).title).toBe('Booking')
    const more = await box.sandbox.browse({ act: 'click', ref: ref(first, 'link "More"') })
    expect(more).toMatchObject({ url: `${base}/next`, title: 'Next' })
  })

  test(`${name}: a dialog is named and waits for its answer, and the next one too`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    const page = await box.sandbox.browse({ act: 'open', url: `${base}/` })
    const asked = await box.sandbox.browse({ act: 'click', ref: ref(page, 'button "Cancel"') })
    expect([asked.dialog, asked.truncated]).toEqual(['confirm “Really cancel?”: waits for its answer', true])
    await expect(box.sandbox.browse({ act: 'press', key: 'Enter' })).rejects.toThrow(/use the dialog act/)
    const kept = await box.sandbox.browse({ act: 'dialog', answer: 'dismiss' })
    expect([kept.dialog, kept.truncated]).toEqual(['confirm “Really cancel?”: dismissed', false])
    expect(kept.snapshot).toContain('Kept')
    await box.sandbox.browse({ act: 'click', ref: ref(page, 'button "Cancel"') })
    const second = await box.sandbox.browse({ act: 'dialog', answer: 'accept' })
    expect(second.dialog).toBe('confirm “Really cancel?”: accepted; then alert “It is gone”: waits for its answer')
    const done = await box.sandbox.browse({ act: 'dialog', answer: 'accept' })
    expect(done.snapshot).toContain('Cancelled')
    await expect(box.sandbox.browse({ act: 'dialog', answer: 'accept' })).rejects.toThrow(/no dialog/)
  })

  test(`${name}: a screenshot is a picture in the work directory and nowhere else`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    await box.sandbox.browse({ act: 'open', url: `${base}/` })
    const { file } = await box.sandbox.browse({ act: 'screenshot', name: '../../tmp/the rooms' })
    expect(file).toBe('tmp-the-rooms.png')
    const picture = await readFile(join(box.dir, file ?? ''))
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    expect(picture.length).toBeGreaterThan(2_000)
  })

  test(`${name}: only the product's own address opens, redirects included`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    const open = (url: string) => box.sandbox.browse({ act: 'open', url })
    for (const url of ['file:///etc/passwd', 'data:text/html,x', 'chrome://version', 'javascript:1', 'view-source:http://127.0.0.1/', 'http://example.com/', 'http://127.0.0.1.nip.io/'])
      await expect(open(url)).rejects.toThrow(/refused/)
    await expect(open(`${base}/away`)).rejects.toThrow(/http:\/\/example\.com\//)
    await expect(open(`${base}/local`)).rejects.toThrow(/ERR_UNSAFE_REDIRECT/)
    await expect(open('http://127.0.0.1:1/')).rejects.toThrow(SandboxRefused)
    expect((await open(`${base}/`)).title).toBe('Booking')
  })

  test(`${name}: a ref or a text that is not there says so; a long page is cut`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    const long = await box.sandbox.browse({ act: 'open', url: `${base}/long` })
    expect(long.snapshot.length).toBeLessThan(12_100)
    expect(long.snapshot).toMatch(/more characters of the page\]$/)
    expect(long.truncated).toBe(true)
    await expect(box.sandbox.browse({ act: 'click', ref: 'e999999' })).rejects.toThrow(/e999999 is not on the page/)
    await expect(box.sandbox.browse({ act: 'click', ref: '#id >> x' })).rejects.toThrow(/not on the page/)
    await expect(box.sandbox.browse({ act: 'wait', text: 'Nowhere', timeout_ms: 200 })).rejects.toThrow(/not seen within 200 ms/)
  })

  test(`${name}: a browser that is killed is told of, and the next act has a fresh one`, async () => {
    await using box = await opened(sandboxes)
    const base = await served(box.sandbox, SITE)
    await box.sandbox.browse({ act: 'open', url: `${base}/` })
    await sh(box.sandbox, `pkill -9 -f -- --type=renderer`)
    await expect(box.sandbox.browse({ act: 'snapshot' })).rejects.toThrow(SandboxRefused)
    expect((await box.sandbox.browse({ act: 'open', url: `${base}/` })).title).toBe('Booking')
  })
}

suite('bubblewrap', bubblewrapSandboxes(options))
suite('none', noSandbox(options))

test("the tester's browser shows the product, and its picture lands with the tester", async () => {
  await using pair = await openedPair(bubblewrapSandboxes(options))
  const base = await served(pair.product, SITE)
  expect((await pair.tester.browse({ act: 'open', url: `${base}/` })).title).toBe('Booking')
  await pair.tester.browse({ act: 'screenshot', name: 'proof' })
  expect((await sh(pair.tester, 'ls')).stdout).toBe('proof.png\n')
  expect((await sh(pair.product, 'ls')).stdout).toBe('')
})

test('a browser that falls over as it starts is started once more; one that always does is told of', async () => {
  const dir = await temporary()
  const starts = async (name: string, often: string) => {
    const path = join(dir, name)
    await writeFile(
      path,
      `#!/bin/bash\nif (( $(cat /tmp/starts 2>/dev/null || echo 0) < ${often} )); then echo 1 > /tmp/starts; echo "no luck today" >&2; exit 7; fi\nexec /usr/lib/chromium/chromium "$@"\n`,
      { mode: 0o755 },
    )
    return bubblewrapSandboxes({ ...options, extra_readonly: [dir], chromium: path })
  }
  await using lucky = await opened(await starts('once', '1'))
  const base = await served(lucky.sandbox, SITE)
  expect((await lucky.sandbox.browse({ act: 'open', url: `${base}/` })).title).toBe('Booking')
  expect((await sh(lucky.sandbox, 'cat /tmp/starts')).stdout).toBe('1\n')
  await using unlucky = await opened(await starts('always', '9'))
  await expect(unlucky.sandbox.browse({ act: 'snapshot' })).rejects.toThrow(/no luck today/)
})

test('without a browser the first act says what to do', async () => {
  await using box = await opened(bubblewrapSandboxes({ ...options, chromium: '/nonexistent/chromium' }))
  await expect((box.sandbox satisfies Sandbox).browse({ act: 'snapshot' })).rejects.toThrow(/chromium/i)
})
