/** Where every tool of an agent runs, and every procedure of the repository. Nothing inside can reach the host. */
export interface Sandboxes {
  /** Starts and ends a real sandbox. Where it cannot, `remedy` is one line that tells a person what to do. */
  probe(): Promise<{ ok: true } | { ok: false; remedy: string }>
  open(spec: SandboxSpec): Promise<Sandbox>
  /**
   * A sandbox for fetching dependencies and nothing else: its only way out are package registries. Never for what an agent
   * asks for, for tests or for the product.
   */
  openSetUp(spec: SetUpSpec): Promise<SetUpSandbox>
  /** Names the programs that commands find: what one version made, another may not be able to use. */
  toolchain(): Promise<string>
  /** True where all sandboxes show the same paths, so that what was made in one works in another. */
  same_paths: boolean
  /** Product and tester on one private network; the tester cannot see the product's files. */
  openPair(spec: PairSpec): Promise<SandboxPair>
}

export interface SandboxSpec {
  /** The run that lives in it; shows in process names and logs. */
  run: string
  /** Host directory mounted at /work. */
  workdir: string
  /** `false` mounts /work read-only (reviewers, explorers). */
  writable: boolean
  /** Host directory mounted read-only at /base: the tree before the change that is looked at (reviewers). */
  base?: string
  /** Host directory that is HOME inside; where it is left out, HOME is empty and gone at the end. */
  home?: string
  env?: Record<string, string>
}

export interface SetUpSpec {
  run: string
  workdir: string
  home: string
  env?: Record<string, string>
}

export interface SetUpSandbox extends AsyncDisposable {
  sandbox: Sandbox
  /** Who was reached or asked for, in the order of the first try. */
  passages(): Passage[]
}

/** What left a sandbox, or tried to. */
export interface Passage {
  /** `host:port`. */
  to: string
  times: number
  sent_bytes: number
  received_bytes: number
  /** Why it did not pass. */
  refused?: string
  /** What went wrong with one that was let through. */
  trouble?: string
}

export interface PairSpec {
  run: string
  /** Host directory with the product's files, mounted at /work of the product only. */
  product_dir: string
  /** Host directory that receives the tester's screenshots and files, mounted at /work of the tester only. */
  tester_dir: string
  /** Host directory that is the product's HOME. */
  product_home?: string
  env?: Record<string, string>
}

export interface SandboxPair extends AsyncDisposable {
  product: Sandbox
  tester: Sandbox
}

/** One long-lived sandbox. Dispose kills everything in it. */
export interface Sandbox extends AsyncDisposable {
  /** Runs to the end of the command itself; children it left in the background live on until dispose. */
  exec(command: Command, signal?: AbortSignal): Promise<CommandResult>
  /** Starts a process that lives until `stop` or dispose. */
  spawn(command: Command): Promise<SandboxProcess>
  terminal(command: Command, size: { columns: number; rows: number }): Promise<Terminal>
  /** A browser on the sandbox's own network; opened at its first act. Throws `SandboxRefused`. */
  browse(action: BrowserAction, signal?: AbortSignal): Promise<BrowserObservation>
  /** An HTTP request from inside, on loopback only; redirects are not followed. Throws `SandboxRefused`. */
  http(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
  /** `path` is absolute or relative to /work; links that leave what the sandbox can see do not resolve. Throws `SandboxFileError`. */
  readFile(path: string): Promise<Uint8Array>
  /** Makes missing folders; throws `SandboxFileError` where the sandbox may not write. */
  writeFile(path: string, content: Uint8Array): Promise<void>
}

export class SandboxFileError extends Error {}
/** An act that could not be done (no such element, connection refused, address not allowed): words for the agent, the sandbox lives. */
export class SandboxRefused extends Error {}
/** The sandbox itself died or never came up; the run can be tried again. */
export class SandboxLost extends Error {
  readonly retryable = true
}

export interface Command {
  argv: [string, ...string[]]
  /** Relative to /work, or absolute inside the sandbox. */
  cwd?: string
  stdin?: string
  env?: Record<string, string>
  /** The whole process tree of the command is killed after it. */
  timeout_ms: number
  /** Per stream; what is beyond it is dropped from the middle (head and tail are kept). */
  output_limit_bytes: number
}

export interface CommandResult {
  /** Exit code; null when it was killed. */
  exit: number | null
  stdout: string
  stderr: string
  truncated: boolean
  timed_out: boolean
  duration_ms: number
}

export interface SandboxProcess {
  /** What it has printed so far (both streams, in order, capped). */
  output(): Promise<string>
  /** null while it runs. */
  exit(): Promise<number | null>
  stop(): Promise<void>
}

export interface Terminal {
  /** Types text; `\r` is the Enter key. */
  type(text: string): Promise<void>
  /** The screen as a person sees it, trailing blanks removed. */
  screen(): Promise<string>
  exit(): Promise<number | null>
  close(): Promise<void>
}

export interface HttpRequest {
  method: string
  url: string
  headers?: Record<string, string>
  body?: string
  timeout_ms: number
}

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  /** Text, capped at 64 KiB. */
  body: string
  /** The body went on beyond that. */
  truncated: boolean
  duration_ms: number
}

/** `ref` is an element's mark from the last snapshot, such as `e12`. */
export type BrowserAction =
  | { act: 'open'; url: string }
  | { act: 'snapshot' }
  | { act: 'click'; ref: string }
  | { act: 'fill'; ref: string; text: string }
  | { act: 'select'; ref: string; option: string }
  | { act: 'press'; key: string }
  | { act: 'wait'; text: string; timeout_ms: number }
  | { act: 'screenshot'; name: string }
  | { act: 'dialog'; answer: 'accept' | 'dismiss' }

/** What the page shows after the act. */
export interface BrowserObservation {
  url: string
  title: string
  /** Accessibility tree with refs, capped. */
  snapshot: string
  /** The page holds more than that: the tree was capped, or a dialog stands before it. */
  truncated: boolean
  /** Console lines and page errors since the last act. */
  console: string[]
  /** `METHOD URL -> status` since the last act. */
  network: string[]
  /** Path relative to /work, for a screenshot. */
  file?: string
  /** A dialog that the page opened and that waits for, or got, its answer. */
  dialog?: string
}
