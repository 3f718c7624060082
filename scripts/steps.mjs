import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

/** Runs one tool of node_modules or a script, shows what it prints, gives its exit code and output. */
export function step(name, command, args, env = {}) {
  return new Promise((resolve) => {
    const began = Date.now()
    process.stdout.write(`\n> ${name}\n`)
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
        process.stdout.write(chunk)
      })
    child.on('close', (code) => {
      process.stdout.write(`${code === 0 ? 'ok' : `failed with ${code}`}, ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
      resolve({ code: code ?? 1, output })
    })
  })
}

export const bin = (name) => `node_modules/.bin/${name}`
