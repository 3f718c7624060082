// Compiles src to dist and takes along what is not TypeScript. Runs in `npm ci` too (prepare); without a compiler it does nothing.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
if (!existsSync('node_modules/typescript')) process.exit(0)

if (!process.argv.includes('--keep')) rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
cpSync('src', 'dist', { recursive: true, filter: (path) => !path.endsWith('.ts') })
if (existsSync('dist/cli.js')) chmodSync('dist/cli.js', 0o755)
process.exit(status ?? 1)
