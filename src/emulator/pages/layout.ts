import { isPull } from '../world.ts'
import type { RepositoryRecord } from '../world.ts'
import { html, trusted } from './html.ts'
import type { Html } from './html.ts'
import type { Scene } from './scene.ts'
import { style } from './style.ts'

export type Section = 'code' | 'issues' | 'pulls' | null

/** The frame around every page. */
export function layout(scene: Scene, title: string, section: Section, content: Html): string {
  const error = scene.url.searchParams.get('error')
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <header class="top">
          ${crumbs(scene)}${scene.repository === null ? null : sections(scene.repository, section)} <span class="right small quiet">acting as ${scene.viewer === '' ? 'nobody' : scene.viewer}</span>
        </header>
        ${error === null ? null : html`<p class="error">${error}</p>`}${content}
      </body>
    </html>`
  return page.text
}

function crumbs({ repository }: Scene): Html {
  if (repository === null) return html`<span class="path"><a href="/">Repositories</a></span>`
  const { owner, name } = repository
  return html`<span class="path"><a href="/${owner}">${owner}</a> / <a href="/${owner}/${name}">${name}</a></span>`
}

function sections(repository: RepositoryRecord, current: Section): Html {
  const root = `/${repository.owner}/${repository.name}`
  const open = repository.issues.filter((issue) => issue.state === 'open')
  const pulls = open.filter(isPull).length
  const entries = [
    { section: 'code', href: root, text: 'Code' },
    { section: 'issues', href: `${root}/issues`, text: `Issues ${open.length - pulls}` },
    { section: 'pulls', href: `${root}/pulls`, text: `Pull requests ${pulls}` },
  ]
  return html`<nav>${entries.map(({ section, href, text }) => html`<a href="${href}" ${section === current ? trusted(' aria-current="page"') : null}>${text}</a>`)}</nav>`
}
