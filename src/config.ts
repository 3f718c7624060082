import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AgentsConfig, limitsOf, roles, tiers } from './agents/config.ts'
import { Policy, Trust } from './domain/policy.ts'
import { Effort } from './domain/role.ts'

/** All that a process is told from outside. This file is the only reader of process.env. */
export interface Config {
  app_id: number
  private_key: string
  /** The current one first; the previous one counts while it is named. */
  webhook_secrets: readonly [string, ...string[]]
  port: number
  host: string
  api_url: string
  redis_url: string
  redis_prefix: string
  anthropic: { api_key: string; base_url: string | undefined } | null
  data_dir: string
  sandbox: 'bubblewrap' | 'none'
  chromium: string | undefined
  toolchains: string[]
  registries: Registries
  /** What set-ups have fetched takes at most this much of the disk. */
  setups_bytes: number
  policy: { trust: z.infer<typeof Trust>; ci: 'run' | 'skip'; dry_run: 'full' | 'program'; checks_grace_ms: number; checks_deadline_ms: number; picture_hosts: string[]; picture_stores: string[] }
  limits: { planning_usd: number; installation_day_usd: number; parallel_workers: number }
  /** What differs from the prompts' own choice of model and effort. */
  roles: AgentsConfig['roles']
  tiers: AgentsConfig['tiers']
  fallbacks: AgentsConfig['fallbacks']
  role_limits: AgentsConfig['limits']
  start_ms: number
  context: AgentsConfig['context']
  prices_file: string | undefined
  write_spacing_ms: number
  checks_poll_ms: number
  sweep_ms: number
  facts_ms: number
  runs_at_once: number
  /** A killed worker's jobs are free after this and a fifth of it. */
  job_lock_ms: number
  /** Tries of one job, and of one turn within it, before a person is asked. */
  job_attempts: number
  model_attempts: number
  smee_url: string | undefined
  log_level: string
}

/** Where set-up may fetch dependencies from, beside the public registries. */
export interface Registries {
  /** `host` or `host:port`. */
  named: string[]
  /** Public ones that are not wanted; `*` for all. */
  without: string[]
  /** Passed to the clients in set-up. */
  env: Record<string, string>
  /** Folder with the clients' own files, as they lie in a home. */
  home?: string
}

type Env = Record<string, string | undefined>

/** Every mistake at once, each in a line that names the variable and the remedy. */
/** A process that cannot do its work at all; the message is one line that tells a person what to do. */
export class CannotStart extends Error {}

export class BadConfig extends Error {
  readonly problems: string[]
  constructor(problems: string[]) {
    super(`The configuration has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${problems.map((p) => `  ${p}`).join('\n')}`)
    this.problems = problems
  }
}

const number = (fallback: number, check: (n: z.ZodNumber) => z.ZodNumber = (n) => n.min(0)) =>
  z.preprocess((v) => (v === undefined || v === '' ? fallback : Number(v)), check(z.number('must be a number')))
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const effort = z.enum(Effort.options, 'must be low, medium or high')

export function readConfig(env: Env, parts: { web: boolean; worker: boolean }): Config {
  const problems: string[] = []
  const value = <T>(name: string, schema: z.core.$ZodType<T>, instead: T): T => {
    const parsed = z.safeParse(schema, env[name] === '' ? undefined : env[name])
    if (parsed.success) return parsed.data
    problems.push(`${name}: ${parsed.error.issues.map((i) => i.message).join('; ')}`)
    return instead
  }
  const needed = (name: string, remedy: string) => value(name, z.string(remedy), '')

  const config: Config = {
    app_id: value('APP_ID', z.preprocess(Number, z.int('the number of your GitHub App, from its settings page').positive('the number of your GitHub App, from its settings page')), 0),
    private_key: privateKey(env, problems),
    webhook_secrets: [needed('WEBHOOK_SECRET', 'the webhook secret of your GitHub App; webhooks and markers are signed with it'), ...[env['WEBHOOK_SECRET_PREVIOUS'] ?? ''].filter(Boolean)],
    port: value(
      'PORT',
      number(3000, (n) => n.int('must be a port').min(0, 'must be a port').max(65535, 'must be a port')),
      3000,
    ),
    host: env['HOST'] || '0.0.0.0',
    api_url: apiUrl(env, problems),
    redis_url: needed('REDIS_URL', 'where Redis is: redis://host:6379, rediss://… or unix:///path/to/redis.sock'),
    redis_prefix: env['MISSIONS_REDIS_PREFIX'] || 'missions',
    anthropic: parts.worker ? { api_key: needed('ANTHROPIC_API_KEY', 'the key of your model account; workers need it'), base_url: value('ANTHROPIC_BASE_URL', url.optional(), undefined) } : null,
    data_dir: resolve(env['MISSIONS_DATA_DIR'] || '.missions-data'),
    sandbox: value('MISSIONS_SANDBOX', z.enum(['bubblewrap', 'none'], 'must be bubblewrap, or none where the machine itself is the sandbox').default('bubblewrap'), 'bubblewrap'),
    chromium: env['CHROME_PATH'] || undefined,
    toolchains: (env['MISSIONS_TOOLCHAINS'] ?? '').split(':').filter(Boolean),
    registries: registries(env, problems),
    setups_bytes:
      2 ** 30 *
      value(
        'MISSIONS_SETUPS_GIB',
        number(20, (n) => n.positive('must be more than 0')),
        20,
      ),
    policy: {
      trust: value('MISSIONS_TRUST', z.enum(Trust.options, `must be one of ${Trust.options.join(', ')}`).default('auto-merge-low-risk'), 'auto-merge-low-risk'),
      ci: value('MISSIONS_CI', z.enum(['run', 'skip'], 'must be run or skip').default('run'), 'run'),
      dry_run: value('MISSIONS_DRY_RUN', z.enum(['full', 'program'], 'must be full, or program to leave the testers out').default('full'), 'full'),
      checks_grace_ms: value('MISSIONS_CHECKS_GRACE_MS', number(60_000), 60_000),
      checks_deadline_ms: value('MISSIONS_CHECKS_DEADLINE_MS', number(45 * 60_000), 45 * 60_000),
      ...pictureHosts(env, problems),
    },
    limits: {
      planning_usd: value(
        'MISSIONS_PLANNING_USD',
        number(5, (n) => n.positive('must be more than 0')),
        5,
      ),
      installation_day_usd: value(
        'MISSIONS_DAY_USD',
        number(50, (n) => n.positive('must be more than 0')),
        50,
      ),
      parallel_workers: value(
        'MISSIONS_PARALLEL_WORKERS',
        number(2, (n) => n.int('must be a whole number').min(1, 'must be at least 1')),
        2,
      ),
    },
    roles: roleSettings(env, value),
    ...tierSettings(env),
    role_limits: roleLimits(env, problems),
    start_ms: value(
      'MISSIONS_START_MS',
      number(60_000, (n) => n.min(1_000)),
      60_000,
    ),
    context: contextSettings(env, problems),
    prices_file: env['MISSIONS_PRICES'] || undefined,
    write_spacing_ms: value('MISSIONS_WRITE_SPACING_MS', number(1000), 1000),
    checks_poll_ms: value('MISSIONS_CHECKS_POLL_MS', number(30_000), 30_000),
    sweep_ms: value(
      'MISSIONS_SWEEP_MS',
      number(30_000, (n) => n.min(100, 'must be at least 100')),
      30_000,
    ),
    facts_ms: value(
      'MISSIONS_FACTS_MS',
      number(5 * 60_000, (n) => n.min(500, 'must be at least 500')),
      5 * 60_000,
    ),
    runs_at_once: value(
      'MISSIONS_RUNS_AT_ONCE',
      number(4, (n) => n.int('must be a whole number').min(1, 'must be at least 1')),
      4,
    ),
    job_lock_ms: value(
      'MISSIONS_JOB_LOCK_MS',
      number(4000, (n) => n.min(500, 'must be at least 500')),
      4000,
    ),
    job_attempts: value(
      'MISSIONS_JOB_ATTEMPTS',
      number(8, (n) => n.int('must be a whole number').min(1, 'must be at least 1')),
      8,
    ),
    model_attempts: value(
      'MISSIONS_MODEL_ATTEMPTS',
      number(6, (n) => n.int('must be a whole number').min(1, 'must be at least 1')),
      6,
    ),
    smee_url: value('WEBHOOK_PROXY_URL', url.optional(), undefined),
    log_level: value('LOG_LEVEL', z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'must be trace, debug, info, warn, error or silent').default('info'), 'info'),
  }
  if (problems.length > 0) throw new BadConfig(problems)
  return config
}

/** Where GitHub keeps what people attach, and further hosts of an Enterprise Server. */
function pictureHosts(env: Env, problems: string[]): Pick<Config['policy'], 'picture_hosts' | 'picture_stores'> {
  const { picture_hosts, picture_stores } = Policy.parse({})
  const named = (env['MISSIONS_PICTURE_HOSTS'] ?? '').split(',').flatMap((host) => host.trim().toLowerCase() || [])
  for (const host of named) if (!/^[a-z0-9][a-z0-9.-]*$/.test(host)) problems.push(`MISSIONS_PICTURE_HOSTS: "${host}" is not a host, such as media.github.example.com`)
  return { picture_hosts: [...picture_hosts, ...named], picture_stores: [...picture_stores, ...named] }
}

/** What a local mission has of its own: GitHub, store and folder. */
const ownOfLocal = [
  'APP_ID',
  'PRIVATE_KEY',
  'PRIVATE_KEY_PATH',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_PREVIOUS',
  'PORT',
  'HOST',
  'GITHUB_API_URL',
  'GHE_HOST',
  'GHE_PROTOCOL',
  'REDIS_URL',
  'MISSIONS_REDIS_PREFIX',
  'MISSIONS_DATA_DIR',
  'WEBHOOK_PROXY_URL',
]

/** The settings of a local mission: all that an app takes, but for what the mission has of its own. Mistakes are told as at `missions start`. */
export function readLocalConfig(env: Env): { state_dir: string | null; sandbox: Config['sandbox']; chromium: string | undefined; app_env: Record<string, string> } {
  const app_env: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !ownOfLocal.includes(name)) app_env[name] = value
  const { sandbox, chromium } = readConfig({ ...app_env, APP_ID: '1', PRIVATE_KEY: 'PRIVATE KEY-----', WEBHOOK_SECRET: 'its own', REDIS_URL: 'its own' }, { web: true, worker: true })
  return { state_dir: env['MISSIONS_DATA_DIR'] ? resolve(env['MISSIONS_DATA_DIR']) : null, sandbox, chromium, app_env }
}

/** Addresses that package managers are configured by; those that hold a password are passed on only when they are named. */
const registryNames = ['NPM_CONFIG_REGISTRY', 'npm_config_registry', 'PIP_INDEX_URL', 'UV_DEFAULT_INDEX', 'GOPROXY', 'GONOSUMDB', 'GOFLAGS']

function registries(env: Env, problems: string[]): Registries {
  const list = (value = '') =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean)
  const entries = list(env['MISSIONS_REGISTRIES'])
  for (const entry of entries)
    if (!/^-?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:\d{1,5})?$/.test(entry) && entry !== '-*')
      problems.push(`MISSIONS_REGISTRIES: "${entry}" is not a host or host:port (or -host for a public one that is not wanted, -* for all of them)`)
  const named = list(env['MISSIONS_REGISTRY_ENV'])
  for (const name of named) if (env[name] === undefined) problems.push(`MISSIONS_REGISTRY_ENV: ${name} is not set`)
  const passed = named.length > 0 ? named : registryNames.filter((name) => !/\/\/[^/\s]*@/.test(env[name] ?? ''))
  const home = env['MISSIONS_REGISTRY_HOME']
  if (home && !existsSync(home)) problems.push(`MISSIONS_REGISTRY_HOME: there is no folder ${home}`)
  return {
    named: entries.filter((entry) => !entry.startsWith('-')),
    without: entries.filter((entry) => entry.startsWith('-')).map((entry) => entry.slice(1).toLowerCase()),
    env: Object.fromEntries(passed.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    ...(home ? { home: resolve(home) } : {}),
  }
}

/** `MISSIONS_MODEL_WORKER`, `MISSIONS_EFFORT_USER_TESTING` and so on. */
function roleSettings(env: Env, value: <T>(name: string, schema: z.core.$ZodType<T>, instead: T) => T): Config['roles'] {
  const settings: Config['roles'] = {}
  for (const role of roles) {
    const name = role.toUpperCase().replace('-', '_')
    const [model, ...fallbacks] = modelsIn(env[`MISSIONS_MODEL_${name}`])
    const chosen = value(`MISSIONS_EFFORT_${name}`, effort.optional(), undefined)
    if (model || chosen) settings[role] = { ...(model ? { model, fallbacks } : {}), ...(chosen ? { effort: chosen } : {}) }
  }
  return settings
}

/** `MISSIONS_MODEL_STRONG`, `…_STANDARD`, `…_FAST`: the model, then what is tried while it is away. */
function tierSettings(env: Env): Pick<Config, 'tiers' | 'fallbacks'> {
  const { tiers: models, fallbacks } = AgentsConfig.parse({})
  for (const tier of tiers) {
    const name = tier.toUpperCase()
    const [model, ...more] = modelsIn(env[`MISSIONS_MODEL_${name}`])
    if (model) models[tier] = model
    if (more.length > 0) fallbacks[tier] = more
  }
  return { tiers: models, fallbacks }
}

function modelsIn(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((model) => model.trim() || [])
}

/** `MISSIONS_LIMITS_WORKER="turns=200 minutes=120"`; what is not named stays. */
function roleLimits(env: Env, problems: string[]): Config['role_limits'] {
  const limits = structuredClone(limitsOf)
  for (const role of roles) {
    const name = role.toUpperCase().replace('-', '_')
    const given = settingsIn(`MISSIONS_LIMITS_${name}`, env[`MISSIONS_LIMITS_${name}`], ['turns', 'tokens', 'minutes', 'usd'], problems)
    const { turns, tokens, minutes, usd } = given
    limits[role] = { turns: turns ?? limits[role].turns, tokens: tokens ?? limits[role].tokens, wall_ms: minutes === undefined ? limits[role].wall_ms : minutes * 60_000, usd: usd ?? limits[role].usd }
  }
  return limits
}

/** `MISSIONS_CONTEXT="clear_at=110000 clear_to=40000 window=200000"`, in tokens; `window` is that of every model. */
function contextSettings(env: Env, problems: string[]): Config['context'] {
  const { context } = AgentsConfig.parse({})
  const { window, clear_at, clear_to } = settingsIn('MISSIONS_CONTEXT', env['MISSIONS_CONTEXT'], ['window', 'clear_at', 'clear_to'], problems)
  const windows = window === undefined ? context.windows : {}
  const settings = { windows, window_tokens: window ?? context.window_tokens, clear_at_tokens: clear_at ?? context.clear_at_tokens, clear_to_tokens: clear_to ?? context.clear_to_tokens }
  if (settings.clear_to_tokens >= settings.clear_at_tokens) problems.push('MISSIONS_CONTEXT: clear_to must be less than clear_at')
  return settings
}

function settingsIn<N extends string>(name: string, text: string | undefined, names: readonly N[], problems: string[]): Partial<Record<N, number>> {
  const found: Partial<Record<N, number>> = {}
  for (const word of (text ?? '').split(/[\s,]+/).filter(Boolean)) {
    const [key, amount] = word.split('=')
    const known = names.find((n) => n === key)
    const value = Number(amount)
    // Only money comes in parts.
    if (known && amount && value > 0 && (known === 'usd' || Number.isInteger(value))) found[known] = value
    else problems.push(`${name}: "${word}" is none of ${names.map((n) => `${n}=<number>`).join(', ')}, above 0`)
  }
  return found
}

function privateKey(env: Env, problems: string[]): string {
  const path = env['PRIVATE_KEY_PATH']
  let pem = env['PRIVATE_KEY']?.replaceAll('\\n', '\n') ?? ''
  if (!pem && path) {
    try {
      pem = readFileSync(path, 'utf8')
    } catch (error) {
      problems.push(`PRIVATE_KEY_PATH: cannot be read (${error instanceof Error ? error.message : String(error)})`)
      return ''
    }
  }
  if (!pem) problems.push('PRIVATE_KEY or PRIVATE_KEY_PATH: the private key of your GitHub App, downloaded from its settings page')
  else if (!pem.includes('PRIVATE KEY-----')) problems.push(`${env['PRIVATE_KEY'] ? 'PRIVATE_KEY' : 'PRIVATE_KEY_PATH'}: is not a PEM private key`)
  return pem
}

function apiUrl(env: Env, problems: string[]): string {
  const given = env['GITHUB_API_URL'] || (env['GHE_HOST'] ? `${env['GHE_PROTOCOL'] || 'https'}://${env['GHE_HOST']}/api/v3` : 'https://api.github.com')
  if (!url.safeParse(given).success) problems.push(`${env['GITHUB_API_URL'] ? 'GITHUB_API_URL' : 'GHE_HOST'}: does not make an http or https URL (${given})`)
  return given.replace(/\/+$/, '')
}
