import type { Passage } from '../../ports/sandbox.ts'
import type { Registries } from './egress/registries.ts'

export interface SandboxOptions {
  /** The Node that runs inside: process.execPath. Its installation is bound where it lies outside /usr. */
  node: string
  /** Toolchains outside /usr that commands need, bound at the same path. */
  extra_readonly: string[]
  /** The browser's program; found by itself where it is left out. */
  chromium?: string
  /** Where this package's dist and node_modules are found. */
  package_root: string
  limits: SandboxLimits
  /** A file that remembers with which browser, since which boot, a page was opened here: a process that starts again need not try. */
  tried?: string
  /** Where set-up may fetch from; the public registries where it is left out. */
  registries?: Registries
  /** Told at the end of each set-up what went where, and what was refused. */
  passed?: (run: string, passages: Passage[]) => void
}

export interface SandboxLimits {
  /** Of all processes together; also the most that one may ask for, and the size of /tmp. */
  memory_bytes: number
  /** Of one sandbox, without the two that belong to it. */
  processes: number
  /** Of one file. */
  file_bytes: number
  /** Of all that /work and HOME hold, what was there before included; 10 GiB where it is left out. */
  work_bytes?: number
  /** Of one process. */
  cpu_s?: number
}
