import type { LiveView } from '../domain/views/live.ts'

/** The live view as lines of text, at most `columns` wide. */
export function screenOf(view: LiveView, columns: number): string[] {
  const milestone = view.milestone ? ` · milestone ${view.milestone.n} of ${view.milestone.of}` : ''
  const waits = view.waiting ? `waits for ${view.waiting.who}: ${view.waiting.what}` : 'waits for nobody'
  const lines = [
    `${view.mission}: ${view.title}`,
    `${view.now}${milestone} · ${clock(view.elapsed_ms)} · ${thousands(view.tokens.all)} tokens · $${view.spent_usd.toFixed(2)} of $${view.cap_usd.toFixed(2)}`,
    view.held ?? waits,
    '',
    ...view.features.map((f) => `  ${mark(f.status)} ${f.id.padEnd(4)}${f.title.padEnd(46).slice(0, 46)}  ${f.doing}`),
    ...(view.features.length > 0 ? [''] : []),
    ...view.running.map((r) => `  › ${[r.role, r.task, r.feature ?? r.milestone ?? ''].join(' ').trim()} ${clock(r.elapsed_ms)}`),
  ]
  return lines.map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line))
}

/** One plain line for a change, where there is no terminal to redraw. */
export function lineOf(view: LiveView): string {
  const features = view.features.map((f) => `${f.id} ${f.status}`).join(', ')
  const running = view.running.map((r) => [r.role, r.task, r.feature ?? r.milestone ?? ''].join(' ').trim()).join(', ')
  return [view.now, features, running && `running: ${running}`, view.held].filter(Boolean).join(' | ')
}

function mark(status: LiveView['features'][number]['status']): string {
  switch (status) {
    case 'merged':
      return '✓'
    case 'dropped':
      return '–'
    case 'ready':
      return '·'
    case 'active':
    case 'splitting':
    case 'handed_off':
    case 'reviewing':
    case 'fixing':
    case 'merging':
      return '○'
  }
}

export function clock(ms: number): string {
  const s = Math.round(ms / 1000)
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}

export function thousands(n: number): string {
  return n >= 10_000 ? `${Math.round(n / 1000)}k` : String(n)
}
