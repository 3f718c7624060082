import { fileURLToPath } from 'node:url'

/** Absolute path of the package's root: the same whether this file runs as src/paths.ts or as dist/paths.js. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url))
