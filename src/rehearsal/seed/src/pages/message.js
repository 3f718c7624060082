import { escapeHtml, layout } from './html.js'

/** One sentence and the way back. */
export function messagePage(title, sentence) {
  return layout(title, `<p role="alert">${escapeHtml(sentence)}</p>\n<p><a href="/">Back to the bookings</a></p>`)
}
