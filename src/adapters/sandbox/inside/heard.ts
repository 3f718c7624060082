import { performance } from 'node:perf_hooks'

import type { Page, Request } from 'playwright-core'

const LINES = 50
const LINE_CHARACTERS = 300
const QUIET_MS = 200
const SETTLE_MS = 1_500

/** What a page said on its console and on the network since the last act. */
export class Heard {
  #console: string[] = []
  #network: string[] = []
  readonly #open = new Set<Request>()
  #changed_at = 0

  listen(page: Page): void {
    page.on('console', (message) => push(this.#console, `${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => push(this.#console, `page error: ${error.message}`))
    page.on('request', (request) => {
      this.#open.add(request)
      this.#changed_at = performance.now()
    })
    page.on('response', (response) => {
      push(this.#network, `${response.request().method()} ${response.url()} -> ${response.status()}`)
    })
    page.on('requestfinished', (request) => this.#close(request))
    page.on('requestfailed', (request) => {
      this.#close(request)
      push(this.#network, `${request.method()} ${request.url()} -> ${request.failure()?.errorText ?? 'failed'}`)
    })
  }

  take(): { console: string[]; network: string[] } {
    const taken = { console: this.#console, network: this.#network }
    this.#console = []
    this.#network = []
    return taken
  }

  /** Ends when no request has been open for a moment, or when the page never comes to rest. */
  async quiet(): Promise<void> {
    const from = performance.now()
    await new Promise<void>((done) => {
      const look = setInterval(() => {
        const now = performance.now()
        const still = this.#open.size === 0 && now - Math.max(this.#changed_at, from) >= QUIET_MS
        if (!still && now - from < SETTLE_MS) return
        clearInterval(look)
        done()
      }, 20)
    })
  }

  #close(request: Request): void {
    this.#open.delete(request)
    this.#changed_at = performance.now()
  }
}

function push(lines: string[], line: string): void {
  if (lines.length < LINES) lines.push(line.slice(0, LINE_CHARACTERS))
  else if (lines.length === LINES) lines.push('… and more')
}
