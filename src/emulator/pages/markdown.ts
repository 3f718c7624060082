import { Marked } from 'marked'
import type { TokenizerAndRendererExtension } from 'marked'
import sanitize from 'sanitize-html'
import { shownAddress } from '../attachments.ts'
import type { Scene } from './scene.ts'
import { escaped, Html } from './html.ts'
import { sameName } from '../world.ts'

/** GitHub's Markdown, with its HTML cleaned: issues and comments hold text of people and models. */
export function markdown(scene: Pick<Scene, 'machine' | 'repository'>, source: string | null): Html {
  if (source === null || source.trim() === '') return new Html('<p class="quiet">No description provided.</p>')
  const marked = new Marked({ gfm: true, breaks: true, extensions: [references(scene)], renderer: { code: suggested } })
  const rendered = marked.parse(source, { async: false })
  return new Html(sanitize(rendered, { ...allowed, transformTags: { ...allowed.transformTags, img: shown } }))

  function shown(tagName: string, attribs: sanitize.Attributes): sanitize.Tag {
    return { tagName, attribs: { ...attribs, ...(attribs['src'] === undefined ? {} : { src: shownAddress(scene.machine, attribs['src']) }) } }
  }
}

/** A block that offers to take the place of the lines above it. Every other block of code is drawn as ever. */
function suggested({ lang, text }: { lang?: string | undefined; text: string }): string | false {
  return lang === 'suggestion' && `<p><strong>Suggested change</strong></p><pre><code class="language-suggestion">${escaped(text)}</code></pre>`
}

/** `#7` and `@mara`, where there is such an issue and such a person. */
function references({ machine, repository }: Pick<Scene, 'machine' | 'repository'>): TokenizerAndRendererExtension {
  return {
    name: 'reference',
    level: 'inline',
    start: (source) => source.search(/(^|[\s(])[#@][\w-]/),
    tokenizer(source) {
      const [raw, lead = '', mark, name = ''] = /^([\s(]?)([#@])([\w-]+)/.exec(source) ?? []
      if (raw === undefined) return undefined
      const href = mark === '#' ? issueAddress(name) : personAddress(name)
      return href === null ? undefined : { type: 'reference', raw, lead, href, text: `${mark ?? ''}${name}` }
    },
    renderer: (token) => `${escaped(String(token['lead']))}<a href="${escaped(String(token['href']))}">${escaped(String(token['text']))}</a>`,
  }

  function issueAddress(name: string): string | null {
    const issue = repository?.issues.find((candidate) => String(candidate.number) === name)
    if (repository === null || issue === undefined) return null
    return `/${repository.owner}/${repository.name}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`
  }

  function personAddress(name: string): string | null {
    const user = machine.world.users.find((candidate) => sameName(candidate.login, name))
    return user === undefined ? null : `/${user.login}`
  }
}

const allowed: sanitize.IOptions = {
  allowedTags: [...sanitize.defaults.allowedTags, 'img', 'details', 'summary', 'input', 'del', 'ins', 'h1', 'h2', 'picture', 'source'],
  allowedAttributes: {
    a: ['href', 'title', 'name', 'id'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    source: ['srcset', 'media'],
    details: ['open'],
    input: ['type', 'checked', 'disabled'],
    code: ['class'],
    th: ['align'],
    td: ['align', 'colspan', 'rowspan'],
    ol: ['start'],
    div: ['align'],
    p: ['align'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  transformTags: {
    // Only the boxes of task lists, and nobody ticks them here.
    input: (_, attributes) => ({ tagName: 'input', attribs: { type: 'checkbox', disabled: '', ...('checked' in attributes ? { checked: '' } : {}) } }),
  },
}
