import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { filePictures } from './adapters/files/pictures.ts'
import { fileTrajectories } from './adapters/files/trajectories.ts'
import { withLock } from './adapters/git/lock.ts'
import { gitWorkspaces } from './adapters/git/workspaces.ts'
import { githubForge } from './adapters/github/forge.ts'
import { markers } from './adapters/github/marker.ts'
import { createClients } from './adapters/github/octokit.ts'
import type { Clients } from './adapters/github/octokit.ts'
import { anthropicModel } from './adapters/model/anthropic.ts'
import { bullJobs } from './adapters/queue/jobs.ts'
import { connectRedis, redisAddress, type RedisAddress } from './adapters/redis/connect.ts'
import { redisProblems } from './adapters/redis/health.ts'
import { redisJournal } from './adapters/redis/journal.ts'
import { redisLedger } from './adapters/redis/ledger.ts'
import { bubblewrapSandboxes } from './adapters/sandbox/bubblewrap.ts'
import { noSandbox } from './adapters/sandbox/none.ts'
import { diskSetups } from './adapters/setups/disk.ts'
import { pinoLog } from './adapters/telemetry/log.ts'
import { AgentsConfig } from './agents/config.ts'
import { performDryRun } from './agents/dry-run/perform.ts'
import { performIntegrate } from './agents/integrate.ts'
import { performRun } from './agents/perform.ts'
import { isPriced, PriceTable } from './agents/price.ts'
import { usedBy } from './agents/used.ts'
import { readPrompts } from './agents/prompt.ts'
import { CannotStart, type Config } from './config.ts'
import { Limits, Policy } from './domain/policy.ts'
import { packageRoot } from './paths.ts'
import type { Agents } from './ports/agents.ts'
import { ForgeAway } from './ports/forge.ts'
import type { Log } from './ports/log.ts'
import type { Passage } from './ports/sandbox.ts'
import { inbox } from './runner/inbox.ts'
import { missionStore } from './runner/missions.ts'
import { performer } from './runner/perform.ts'
import { runner } from './runner/runner.ts'
import { factJob, sweep, sweepWorkspaces } from './runner/sweep.ts'
import { handlers } from './runner/work.ts'
import { texts } from './texts.ts'

export interface Running {
  /** 0 where no web part runs. */
  port: number
  close(grace_ms: number): Promise<void>
}

const clock = { now: () => new Date() }

/** Builds what the config asks for and starts it. */
export async function compose(config: Config, parts: { web: boolean; worker: boolean }): Promise<Running> {
  const log = pinoLog(config.log_level)
  const address = addressOf(config.redis_url)
  const redis = connectRedis(address, { error: (error) => log.warn('redis', { error: error.message }) })
  const prefix = config.redis_prefix
  const journal = redisJournal(redis, { prefix })
  const jobs = bullJobs({
    connection: address,
    prefix: `${prefix}-jobs`,
    attempts: config.job_attempts,
    lock_ms: config.job_lock_ms,
    stalled_ms: Math.ceil(config.job_lock_ms / 5),
    hear: { error: (error) => log.warn('queue', { error: error.message }), failed: (job, error) => log.error('job failed', { job: job.id, queue: job.queue, error: error.stack ?? error.message }) },
  })
  const clients = createClients({ app_id: config.app_id, private_key: config.private_key, api_url: config.api_url, clock })
  const missions = missionStore(journal)
  const run = runner({ journal, jobs, missions, clock, log })

  const stops: ((grace_ms: number) => Promise<void>)[] = []
  let port = 0
  const close = async (grace_ms: number) => {
    await Promise.all(stops.map((stop) => stop(grace_ms)))
    await jobs.close(grace_ms)
    await journal.close()
    redis.disconnect()
  }

  try {
    const identity = await clients.identity().catch((error: unknown) => {
      const said = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
      throw new CannotStart(
        error instanceof ForgeAway
          ? `GitHub at ${config.api_url} does not answer: ${said}. Try again when it does, or check GITHUB_API_URL.`
          : `GitHub at ${config.api_url} does not know this app: ${said}. Check APP_ID and the private key.`,
      )
    })
    const marks = markers(config.webhook_secrets, identity)

    if (parts.worker) {
      for (const problem of await redisProblems(redis).catch(() => [])) log.warn('redis settings', { problem })
      const author = { name: `${identity.slug}[bot]`, email: `${identity.slug}[bot]@users.noreply.github.com` }
      const workspaces = gitWorkspaces({ data_dir: config.data_dir, author, credential: (repository, access) => clients.gitCredential(repository, access) })
      const pictures = filePictures(join(config.data_dir, 'pictures'))
      const forge = githubForge({ octokitFor: (repository) => clients.octokitFor(repository), identity, markers: marks, workspaces, pictures, texts, clock, spacing_ms: config.write_spacing_ms })
      const settings = await agentsConfig(config)
      const agents = await composeAgents(config, log, settings, { workspaces, pictures, ledger: redisLedger(redis, { prefix }) })
      const perform = performer({ missions, jobs, clock, log, runner: run, forge, agents, checks_poll_ms: config.checks_poll_ms })
      const box = inbox({
        journal,
        jobs,
        missions,
        runner: run,
        forge,
        limits: Limits.parse(config.limits),
        policy: Policy.parse(config.policy),
        isPriced: (model) => isPriced(model, settings.prices),
      })
      await jobs.work(handlers({ inbox: box, performer: perform, missions, forge }, { inbox: 4, act: 8, run: config.runs_at_once, wait: 16, project: 2 }))
      const heal = async (look: { facts: boolean }, signal: AbortSignal) => {
        if (look.facts) await redeliver(clients, log)
        await sweep({ journal, jobs, missions, runner: run, forge, log }, look, signal)
        if (look.facts) await sweepWorkspaces({ journal, workspaces })
      }
      stops.push(sweeping(heal, config, log))
    }

    if (parts.web) {
      // A worker has no use for it, and starts the sooner.
      const { startWeb } = await import('./web/server.ts')
      const web = await startWeb({
        port: config.port,
        host: config.host,
        app_id: config.app_id,
        private_key: config.private_key,
        api_url: config.api_url,
        webhook_secrets: config.webhook_secrets,
        app: { identity, markers: marks, inbox: (fact) => jobs.add({ queue: 'inbox', id: factJob(fact.repository.id, fact.id), data: fact }) },
        version: await version(),
        healthy: async () => (await redis.ping()) === 'PONG',
      })
      port = web.port
      stops.push((grace_ms) => web.close(grace_ms))
    }
    log.info('started', { port, web: parts.web, worker: parts.worker, app: identity.slug, github: config.api_url })
    return { port, close }
  } catch (error) {
    // An open connection would keep a process alive that cannot do its work.
    await close(0)
    throw error
  }
}

function addressOf(url: string): RedisAddress {
  try {
    return redisAddress(url)
  } catch (error) {
    throw new CannotStart(`REDIS_URL: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Shared = Pick<Parameters<typeof performRun>[2], 'workspaces' | 'ledger' | 'pictures'>

async function agentsConfig(config: Config): Promise<AgentsConfig> {
  const prices = config.prices_file ? { prices: PriceTable.parse(JSON.parse(await readFile(config.prices_file, 'utf8'))) } : {}
  const { roles, tiers, fallbacks, context, start_ms, role_limits: limits } = config
  return AgentsConfig.parse({ roles, tiers, fallbacks, context, start_ms, limits, ...prices })
}

async function composeAgents(config: Config, log: Log, settings: AgentsConfig, shared: Shared): Promise<Agents> {
  if (!config.anthropic) throw new CannotStart('Workers need ANTHROPIC_API_KEY.')
  const { base_url, api_key } = config.anthropic
  const options = {
    node: process.execPath,
    extra_readonly: config.toolchains,
    package_root: packageRoot,
    tried: join(config.data_dir, 'browser-tried'),
    registries: config.registries,
    passed: (run: string, passages: Passage[]) => log.info('set-up went out', { run, passages }),
    limits: { memory_bytes: 4 * 2 ** 30, processes: 512, file_bytes: 2 ** 30 },
    ...(config.chromium ? { chromium: config.chromium } : {}),
  }
  await mkdir(config.data_dir, { recursive: true })
  const sandboxes = config.sandbox === 'none' ? noSandbox(options) : bubblewrapSandboxes(options)
  const probed = await sandboxes.probe()
  if (!probed.ok) throw new CannotStart(`No agent can run here: ${probed.remedy}`)
  const browser = await sandboxes.browserProbe()
  if (!browser.ok) throw new CannotStart(`No browser for user testing: ${browser.remedy}`)
  const services = {
    ...shared,
    model: anthropicModel({ api_key, attempts: config.model_attempts, ...(base_url ? { base_url } : {}) }),
    trajectories: fileTrajectories(join(config.data_dir, 'trajectories')),
    sandboxes,
    setups: diskSetups({ dir: join(config.data_dir, 'setups'), limit_bytes: config.setups_bytes, exclusive: withLock }),
    clock,
    config: settings,
    prompts: await readPrompts(join(packageRoot, 'prompts')),
    async testerDir(run: string) {
      const dir = join(config.data_dir, 'evidence', run)
      await mkdir(dir, { recursive: true })
      return dir
    },
  }
  return {
    async run(effect, mission, mayGoOn, signal) {
      const outcome = await performRun(effect, mission, { ...services, mayGoOn }, signal)
      return outcome.is === 'answered' ? outcome.body : 'stopped'
    },
    used: (run, mission) => usedBy(run, mission, services),
    integrate: (effect, mission, signal) => performIntegrate(effect, mission, services, signal),
    dryRun: (effect, mission, signal) => performDryRun(effect, mission, services, signal),
  }
}

/** Webhooks that wait for the next look hold up nothing else. */
async function redeliver(clients: Clients, log: Log): Promise<void> {
  try {
    const webhooks = await clients.redeliver()
    if (webhooks > 0) log.info('webhooks asked for again', { webhooks })
  } catch (error) {
    log.warn('webhooks not asked for again', { error: error instanceof Error ? error.message : String(error) })
  }
}

/** Looks at the outbox often and at GitHub now and then, one look at a time. Gives what ends it. */
function sweeping(look: (what: { facts: boolean }, signal: AbortSignal) => Promise<void>, config: Config, log: Log): () => Promise<void> {
  const over = new AbortController()
  let facts_at = Date.now()
  const loop = (async () => {
    while (!over.signal.aborted) {
      const facts = Date.now() >= facts_at
      if (facts) facts_at = Date.now() + config.facts_ms
      await look({ facts }, over.signal).catch((error: unknown) => log.warn('sweep failed', { error: error instanceof Error ? error.message : String(error) }))
      await pause(config.sweep_ms, undefined, { signal: over.signal }).catch(() => {})
    }
  })()
  return async () => {
    over.abort()
    await loop
  }
}

async function version(): Promise<string> {
  const text: unknown = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'))
  return typeof text === 'object' && text && 'version' in text ? String(text.version) : 'unknown'
}
