import { isCode, isTest, type Rule } from './rule.ts'

/** What comes from data goes through an escape on its way into HTML. */
export const escaped: Rule = {
  name: 'escaped output',
  severity: 'blocking',
  objection({ path, text }) {
    if (!isCode(path) || isTest(path) || !/<\/?[a-z][\w-]*[\s>/]/.test(text)) return null
    const bare = interpolations(text).find((expression) => isData(expression))
    if (bare === undefined) return null
    return `\`\${${bare}}\` goes into the page as it is. It holds text that somebody typed: a name such as \`<img src=x onerror=…>\` would run as markup in the browser of everybody who sees it. Escape it, as the code around does.`
  },
}

function interpolations(text: string): string[] {
  return [...text.matchAll(/\$\{([^{}]+)\}/g)].map((match) => (match[1] ?? '').trim())
}

/** A property of something (`booking.holder`, with a default or without), or a variable named like free text. */
function isData(expression: string): boolean {
  const plain = expression.replace(/\s*(\?\?|\|\|)\s*('[^']*'|"[^"]*")$/, '')
  if (/\.(length|size)$/.test(plain)) return false
  return /^[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)+$/.test(plain) || /^(holder|message|problem|query|text|title|user|value)$/.test(plain)
}
