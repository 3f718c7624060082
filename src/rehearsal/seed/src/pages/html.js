const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text that is safe inside an element and inside a quoted attribute. */
export function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign])
}

/** A whole page; `body` is HTML. */
export function layout(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Room bookings</title>
<style>${STYLE}</style>
</head>
<body>
<header><a href="/">Room bookings</a></header>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --accent: #1f6f5c; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; }
header a { color: inherit; text-decoration: none; font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
form.book { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem 1rem; align-items: center; max-width: 28rem; }
form.book button { grid-column: 2; justify-self: start; }
input, select, button { font: inherit; padding: .35rem .5rem; }
button { background: var(--accent); color: white; border: 0; border-radius: .3rem; cursor: pointer; }
[role=alert] { border-left: 4px solid #b3261e; padding: .5rem 1rem; background: #b3261e1a; }
`
