import type { Sandbox } from '../ports/sandbox.ts'

/** What a product's sandbox held before the product ran for the first time, so that a tester can have it back. */
export interface Beginning {
  /** Takes note of it; what was noted before an interruption stands. Why it could not, or null. */
  note(signal: AbortSignal): Promise<string | null>
  /** Takes away what came since, and puts back what was changed or removed. Why it could not, or null. */
  back(signal: AbortSignal): Promise<string | null>
}

/** Too large to be copied each time, and nothing that a running product writes to. */
const left_alone = ['node_modules', '.venv', 'venv', 'target', 'vendor', '.git'].map((name) => `--exclude=./${name}`).join(' ')
const timeout_ms = 120_000

const folder = 'kept="$HOME/.missions-beginning"'
const everything = `find . "$HOME" -xdev -path "$kept" -prune -o -print0 | LC_ALL=C sort -z`

const noting = `set -eo pipefail; ${folder}; [ -e "$kept/done" ] && exit 0
rm -rf "$kept"; mkdir -p "$kept"; ${everything} > "$kept/there"; tar ${left_alone} -cf "$kept/work.tar" .; touch "$kept/done"`

// Outside of our sandbox /tmp is everybody's.
const returning = `set -eo pipefail; ${folder}; [ -e "$kept/done" ]
${everything} | LC_ALL=C comm -z -23 - "$kept/there" | xargs -0 -r rm -rf --
if [ "$PWD" = /work ]; then find /tmp -mindepth 1 -maxdepth 1 ! -name home ! -name files -exec rm -rf -- {} +; fi
tar -xf "$kept/work.tar"`

export function beginningOf(sandbox: Sandbox): Beginning {
  const run = async (script: string, signal: AbortSignal) => {
    const done = await sandbox.exec({ argv: ['bash', '-c', script], timeout_ms, output_limit_bytes: 4_000 }, signal)
    return done.exit === 0 ? null : done.stderr.trim().split('\n').at(-1) || `exit ${done.exit}`
  }
  return { note: (signal) => run(noting, signal), back: (signal) => run(returning, signal) }
}
