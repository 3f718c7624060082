/** Who may import whom. `.oxlintrc.json` says the same to the editor; a test holds the two together. */
export interface Room {
  /** A folder below src with a slash behind it, or a file. */
  path: string
  /** Rooms it may import besides itself; `any` for the few that put the others together. */
  rooms: string[] | 'any'
  /** Packages and parts of Node; `node:*` for all of Node. */
  packages: string[]
  promise: string
}

const adapter = (name: string, packages: string[], what: string): Room => ({
  path: `adapters/${name}/`,
  rooms: ['domain/', 'ports/'],
  packages,
  promise: `adapters/${name} imports domain, ports${what}; never another adapter`,
})

export const rooms: Room[] = [
  { path: 'domain/', rooms: [], packages: ['zod'], promise: 'domain imports zod and itself' },
  { path: 'ports/', rooms: ['domain/'], packages: [], promise: 'ports imports domain' },
  // Node for prompts that are read once, nonces of fences and pauses between tries.
  {
    path: 'agents/',
    rooms: ['domain/', 'ports/'],
    packages: ['zod', 'yaml', '@babel/parser', 'rfc6902', 'node:crypto', 'node:fs/promises', 'node:path', 'node:timers/promises'],
    promise: 'agents imports domain, ports, parsers of YAML and JavaScript, and JSON Patch',
  },
  { path: 'runner/', rooms: ['domain/', 'ports/', 'agents/'], packages: ['zod'], promise: 'runner imports domain, ports and agents' },
  { path: 'runner/seal.ts', rooms: ['domain/', 'ports/', 'agents/', 'runner/'], packages: ['node:crypto'], promise: 'runner imports domain, ports and agents; node:crypto to seal events' },
  adapter('files', ['node:crypto', 'node:fs/promises', 'node:path'], ' and the file system'),
  adapter('git', ['node:*'], ' and what it needs to run git'),
  adapter('github', ['zod', '@octokit/rest', 'node:crypto', 'node:timers/promises'], ', zod and octokit'),
  adapter('memory', [], ''),
  adapter('model', ['zod', '@anthropic-ai/sdk', 'node:timers/promises'], ', zod and the Anthropic SDK'),
  adapter('queue', ['zod', 'bullmq', 'node:timers/promises'], ', zod and bullmq'),
  adapter('redis', ['zod', 'ioredis', 'node:*'], ', zod and ioredis'),
  adapter('sandbox', ['zod', '@xterm/headless', 'playwright-core', 'node:*'], ', zod, child processes, a terminal and a browser'),
  adapter('setups', ['zod', 'node:*'], ', zod and what it needs to copy files'),
  adapter('telemetry', ['pino'], ' and pino'),
  { path: 'emulator/', rooms: [], packages: ['zod', 'marked', 'sanitize-html', 'node:*'], promise: 'emulator imports nothing of ours' },
  {
    path: 'stage/',
    rooms: ['domain/', 'emulator/', 'paths.ts'],
    packages: ['node:*'],
    promise: 'stage imports domain, emulator and paths; it starts the app as a process',
  },
  {
    path: 'rehearsal/',
    rooms: ['domain/', 'ports/', 'emulator/', 'stage/', 'paths.ts'],
    packages: ['zod', 'node:*'],
    promise: 'rehearsal imports domain, ports, emulator, stage and paths; the app is a process beside it',
  },
  {
    path: 'local/',
    rooms: ['domain/', 'emulator/', 'stage/', 'paths.ts'],
    packages: ['zod', 'node:*'],
    promise: 'local imports domain, emulator, stage and paths; the app is a process beside it',
  },
  { path: 'web/', rooms: ['app.ts', 'ports/'], packages: ['probot', 'node:*'], promise: 'web imports app.ts and ports' },
  { path: 'app.ts', rooms: ['ports/', 'adapters/github/'], packages: ['probot'], promise: 'app.ts imports ports, adapters/github and probot' },
  { path: 'texts.ts', rooms: ['domain/', 'adapters/github/'], packages: [], promise: 'texts.ts gives the views to adapters/github' },
  { path: 'paths.ts', rooms: [], packages: ['node:url'], promise: 'paths.ts imports nothing of ours' },
  { path: 'system-packages.ts', rooms: [], packages: ['node:*'], promise: 'system-packages.ts imports nothing of ours' },
  { path: 'config.ts', rooms: ['domain/', 'agents/'], packages: ['zod', 'node:fs', 'node:path'], promise: 'config.ts imports domain and agents' },
  { path: 'compose.ts', rooms: 'any', packages: ['node:*'], promise: 'compose.ts puts rooms together and owns no vendor' },
  { path: 'cli.ts', rooms: 'any', packages: ['node:*'], promise: 'cli.ts puts rooms together and owns no vendor' },
  { path: 'commands/', rooms: 'any', packages: ['node:*', 'smee-client'], promise: 'commands put rooms together; smee-client for development only' },
]

/** The innermost room a file below src lies in. */
export function roomOf(file: string): Room | undefined {
  return rooms.filter((room) => file === room.path || (room.path.endsWith('/') && file.startsWith(room.path))).toSorted((a, b) => b.path.length - a.path.length)[0]
}
