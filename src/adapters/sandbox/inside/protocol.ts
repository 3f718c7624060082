import type { BrowserAction, Command, HttpRequest } from '../../../ports/sandbox.ts'

/**
 * What the outside asks of the supervisor: one JSON value a line, both ways.
 * A supervisor is one epoch of its sandbox; a question for an earlier epoch was meant for one that is dead, and is dropped.
 */
export type Question = { id: number; epoch: number } & Ask

export type Ask =
  | { ask: 'exec'; command: Command }
  | { ask: 'spawn'; command: Command }
  | { ask: 'output'; process: number }
  | { ask: 'exit'; process: number }
  | { ask: 'stop'; process: number }
  | { ask: 'terminal'; command: Command; columns: number; rows: number }
  | { ask: 'type'; terminal: number; text: string }
  | { ask: 'screen'; terminal: number }
  | { ask: 'terminal_exit'; terminal: number }
  | { ask: 'close'; terminal: number }
  | { ask: 'browse'; action: BrowserAction }
  | { ask: 'http'; request: HttpRequest }
  | { ask: 'read'; path: string }
  | { ask: 'write'; path: string; base64: string }
  | { ask: 'cancel'; of: number }
  | { ask: 'end' }

/** `refused` is an act that could not be done, told in words; `file` is the same for a file. */
export type Answer = { hello: number } | { id: number; value: unknown } | { id: number; error: 'refused' | 'file'; message: string }

/** What the supervisor is told about its sandbox when it starts. */
export interface Situation {
  /** Directory that commands see as /work. */
  work: string
  /** Directory that is named /base, where that is not a mount. */
  base?: string
  /** Directory that is HOME, where it lasts longer than the sandbox. */
  home?: string
  /** The only way out, for a sandbox that has one: the socket file of a proxy, and the port on loopback that leads to it. */
  egress?: { socket: string; port: number }
  /** True where a PID namespace holds everything, so that killing every process is safe. */
  contained: boolean
  /** Stands in the environment of every process of this sandbox that is not contained. */
  mark: string
  /** `work_bytes` is absent where /work is read-only. */
  limits: { memory_bytes: number; processes: number; work_bytes?: number }
  /** The browser's program; absent where there is none. */
  chromium?: string
}
