import { chromium } from 'playwright-core'

import type { BrowserAction } from '../../../ports/sandbox.ts'
import type { BrowserAnswer } from './browsing.ts'
import { Tab } from './tab.ts'
import { worded } from './worded.ts'

// The browser's daemon. One act at a time; it dies with the browser, and the supervisor starts another at the next act.

const ARGUMENTS = [
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
  // Playwright's routes do not see the target of a redirect; the resolver sees every name and address.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]',
]

const [executable, work] = process.argv.slice(2)
if (executable === undefined || work === undefined) throw new Error('usage: browser <executable> <work>')

process.once('disconnect', () => process.exit(0))
const tab = start(executable, work)
// The first act tells of a browser that does not start.
tab.catch(() => undefined)

let turn: Promise<void> = Promise.resolve()
process.on('message', (message: { id: number; action: BrowserAction }) => {
  turn = turn.then(() => serve(message.id, message.action))
})

async function serve(id: number, action: BrowserAction): Promise<void> {
  const answer = await tab
    .then((open) => open.act(action))
    .then(
      (seen): BrowserAnswer => ({ id, seen }),
      (error: unknown): BrowserAnswer => ({ id, problem: worded(error) }),
    )
  // A browser that did not start will not do so at the next act either; another daemon may.
  const started = await tab.then(
    () => true,
    () => false,
  )
  process.send?.(started || 'seen' in answer ? answer : { ...answer, died: true }, () => {
    if (!started) process.exit(1)
  })
}

async function start(executablePath: string, workdir: string): Promise<Tab> {
  const browser = await chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: ARGUMENTS, timeout: 30_000 })
  browser.once('disconnected', () => process.exit(1))
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: false, serviceWorkers: 'block' })
  return Tab.open(context, await browser.newBrowserCDPSession(), workdir)
}
