import { readdirSync } from 'node:fs'

const folder = new URL('.', import.meta.url)

/** The files that tell one. */
export const stories = readdirSync(folder)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => ({ name, file: new URL(name, folder) }))
