import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import type { BrowserContext, CDPSession, Dialog, Frame, Locator, Page } from 'playwright-core'

import type { BrowserAction, BrowserObservation } from '../../../ports/sandbox.ts'
import { Heard } from './heard.ts'
import { loopbackProblem } from './loopback.ts'
import { worded } from './worded.ts'

const ACT_MS = 5_000
const LOAD_MS = 20_000
const ERROR_PAGE_MS = 1_000
const SNAPSHOT_CHARACTERS = 12_000

/** What a person would look at: the newest page of one fresh profile, and the dialog in front of it. */
export class Tab {
  readonly #context: BrowserContext
  readonly #browser: CDPSession
  readonly #work: string
  readonly #heard: Heard
  #page: Page
  #dialog: Dialog | null = null
  #onDialog: () => void = () => undefined
  /** The act that opened the dialog: it ends only when the dialog is answered. */
  #unfinished: Promise<void> = Promise.resolve()

  static async open(context: BrowserContext, browser: CDPSession, work: string): Promise<Tab> {
    await context.route('**/*', (route) => (loopbackProblem(route.request().url()) === null ? route.continue() : route.abort('blockedbyclient')))
    return new Tab(context, browser, work, await context.newPage())
  }

  private constructor(context: BrowserContext, browser: CDPSession, work: string, page: Page) {
    this.#context = context
    this.#browser = browser
    this.#work = work
    this.#heard = new Heard()
    this.#page = page
    this.#follow(page)
    context.on('page', (opened) => this.#follow(opened))
  }

  async act(action: BrowserAction): Promise<BrowserObservation> {
    if (action.act === 'dialog') return this.#answerDialog(action.answer)
    if (this.#dialog !== null) {
      if (action.act === 'snapshot') return this.#observe()
      throw new Error(`${named(this.#dialog)} waits for its answer: use the dialog act first`)
    }
    if (action.act === 'screenshot') return { ...(await this.#observe()), file: await this.#screenshot(action.name) }
    await this.#untilDialog(this.#perform(action))
    return this.#observe()
  }

  async #perform(action: Exclude<BrowserAction, { act: 'dialog' | 'screenshot' }>): Promise<void> {
    switch (action.act) {
      case 'open':
        await this.#open(action.url)
        break
      case 'snapshot':
        return
      case 'click':
        await (await this.#element(action.ref)).click({ timeout: ACT_MS })
        break
      case 'fill':
        await (await this.#element(action.ref)).fill(action.text, { timeout: ACT_MS })
        break
      case 'select':
        await (await this.#element(action.ref)).selectOption(action.option, { timeout: ACT_MS })
        break
      case 'press':
        await this.#page.keyboard.press(action.key)
        break
      case 'wait':
        await this.#wait(action.text, action.timeout_ms)
        break
    }
    await this.#heard.quiet()
    await this.#opened()
  }

  /** A page that an act opened is told of later than the act ends: the browser itself knows how many there are. */
  async #opened(): Promise<void> {
    const until = performance.now() + ACT_MS
    while (performance.now() < until) {
      const { targetInfos } = await this.#browser.send('Target.getTargets')
      if (targetInfos.filter((target) => target.type === 'page').length <= this.#context.pages().length) return
      await this.#heard.quiet()
    }
  }

  async #open(url: string): Promise<void> {
    const problem = loopbackProblem(url)
    if (problem !== null) throw new Error(problem)
    const page = this.#page
    let shown: () => void = () => undefined
    const error_page = new Promise<void>((done) => (shown = done))
    const look = (frame: Frame) => {
      if (frame === page.mainFrame() && frame.url().startsWith('chrome-error:')) shown()
    }
    page.on('framenavigated', look)
    try {
      await page.goto(url, { waitUntil: 'load', timeout: LOAD_MS })
    } catch (error) {
      // The error page comes later than the error, and would get in the way of the next address.
      await Promise.race([error_page, setTimeout(ERROR_PAGE_MS)])
      // The lines say what a bare error does not: that a redirect led to an address that is refused.
      const { network } = this.#heard.take()
      throw new Error([worded(error), ...network].join('\n'), { cause: error })
    } finally {
      page.off('framenavigated', look)
    }
  }

  async #element(ref: string): Promise<Locator> {
    const found = this.#page.locator(`aria-ref=${ref}`)
    // A look first: playwright would wait all its time for an element that is not coming back.
    if (!/^(f\d+)?e\d+$/.test(ref) || (await found.count()) === 0) throw new Error(`${ref} is not on the page now: refs come from the last snapshot`)
    return found
  }

  async #wait(text: string, timeout: number): Promise<void> {
    const seen = this.#page.getByText(text).first().waitFor({ timeout })
    await seen.catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') throw new Error(`“${text}” was not seen within ${timeout} ms`)
      throw error
    })
  }

  async #answerDialog(answer: 'accept' | 'dismiss'): Promise<BrowserObservation> {
    const dialog = this.#dialog
    if (dialog === null) throw new Error('there is no dialog to answer')
    this.#dialog = null
    const unfinished = this.#unfinished
    await this.#untilDialog(
      (async () => {
        if (answer === 'accept') await dialog.accept(dialog.defaultValue())
        else await dialog.dismiss()
        await unfinished
        await this.#heard.quiet()
      })(),
    )
    const answered = `${named(dialog)}: ${answer === 'accept' ? 'accepted' : 'dismissed'}`
    const seen = await this.#observe()
    return { ...seen, dialog: seen.dialog === undefined ? answered : `${answered}; then ${seen.dialog}` }
  }

  /** A dialog stops the page and the act with it, so an act ends at whichever comes first. */
  async #untilDialog(act: Promise<void>): Promise<void> {
    const opened = new Promise<void>((done) => (this.#onDialog = done))
    await Promise.race([act, opened])
    this.#onDialog = () => undefined
    // Its failure belongs to the act that answers the dialog; until then nobody waits for it.
    act.catch(() => undefined)
    this.#unfinished = act
  }

  async #observe(): Promise<BrowserObservation> {
    const { console, network } = this.#heard.take()
    const url = this.#page.url()
    if (this.#dialog !== null) {
      const snapshot = '(the page stands still behind the dialog)'
      return { url, title: '', snapshot, truncated: true, console, network, dialog: `${named(this.#dialog)}: waits for its answer` }
    }
    const [title, tree] = await Promise.all([this.#page.title(), this.#page.ariaSnapshot({ mode: 'ai', timeout: ACT_MS })])
    return { url, title, ...capped(tree), console, network }
  }

  async #screenshot(name: string): Promise<string> {
    const safe = name
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .replace(/\.png$/, '')
      .slice(0, 80)
    const file = `${safe === '' ? 'screenshot' : safe}.png`
    const picture = await this.#page.screenshot({ type: 'png', timeout: ACT_MS * 2 })
    await writeFile(join(this.#work, file), picture)
    return file
  }

  #follow(page: Page): void {
    this.#page = page
    this.#heard.listen(page)
    page.on('dialog', (dialog) => {
      this.#dialog = dialog
      this.#onDialog()
    })
    page.on('close', () => {
      this.#page = this.#context.pages().at(-1) ?? this.#page
    })
    // A renderer that crashed cannot be spoken to any more; the daemon's end gives the next act a fresh one.
    page.on('crash', () => process.exit(1))
  }
}

function named(dialog: Dialog): string {
  return `${dialog.type()} “${dialog.message().slice(0, 300)}”`
}

function capped(tree: string): { snapshot: string; truncated: boolean } {
  if (tree.length <= SNAPSHOT_CHARACTERS) return { snapshot: tree, truncated: false }
  const cut = tree.slice(0, SNAPSHOT_CHARACTERS)
  return { snapshot: `${cut.slice(0, cut.lastIndexOf('\n'))}\n[… ${tree.length - cut.length} more characters of the page]`, truncated: true }
}
