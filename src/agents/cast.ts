import type { EffectId } from '../domain/id.ts'
import type { AnswerBody } from '../ports/forge.ts'
import { ModelRefused } from '../ports/model.ts'
import type { ImageBlock, TextBlock } from '../ports/model.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { purseOf } from './budget.ts'
import { roomFor } from './config.ts'
import type { Agent, Ending } from './loop.ts'
import { runAgent } from './loop.ts'
import type { Prompt } from './prompt.ts'
import { PromptProblem, render } from './prompt.ts'
import { modelOf, recordOf } from './record.ts'
import type { Job, Outcome } from './services.ts'
import type { Submit } from './submit.ts'
import type { Tool } from './tool.ts'

/** One agent of a job: which prompt, filled with what, which tools, what it must submit. */
export interface Part<V> {
  run: EffectId
  prompt: string
  values: Readonly<Record<string, string>>
  /** Pictures behind the message, each with its label. */
  shown?: (TextBlock | ImageBlock)[]
  tools: Tool[]
  submit: Submit<V>
}

export async function play<V>(job: Job, part: Part<V>): Promise<Ending<V>> {
  const { services, mission, signal } = job
  const { model, trajectories, clock } = services
  const purse = purseOf(mission, part.run, services)
  const run = (now: Part<V>) => runAgent(cast(job, now), { model, trajectories, clock, purse, prices: services.config.prices, wait, mayGoOn: () => services.mayGoOn() }, signal)
  try {
    return await run(part)
  } catch (error) {
    if (!(error instanceof ModelRefused) || (part.shown ?? []).length === 0 || recordOf(await trajectories.read(part.run)).turns.length > 0) throw error
    // One picture that the model cannot read, or a model that reads none, refuses the whole request; where that was not why, so is this one.
    return run({ ...part, shown: [unseen] })
  }
}

const unseen: TextBlock = { type: 'text', text: 'The pictures could not be shown to you: the model would not take them. Go by the words, and ask for what only a picture would have decided.' }

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}

function cast<V>(job: Job, part: Part<V>): Agent<V> {
  const { config, prompts } = job.services
  const prompt = prompts.get(part.prompt)
  if (!prompt) throw new PromptProblem(`no prompt ${part.prompt}`)
  const { model, effort } = chosen(job, prompt)
  return {
    run: part.run,
    role: prompt.role,
    task: prompt.task,
    model,
    fallbacks: config.roles[prompt.role]?.fallbacks ?? config.fallbacks[prompt.model] ?? [],
    effort,
    max_output_tokens: config.max_output_tokens,
    ...render(prompt, part.values),
    ...(part.shown === undefined || part.shown.length === 0 ? {} : { shown: part.shown }),
    tools: part.tools,
    submit: part.submit,
    limits: config.limits[prompt.role],
    room: roomFor(model, config),
  }
}

/** What people asked for by /model, else what is configured for the role, else what the prompt names. */
function chosen({ mission, services: { config } }: Job, { role, model, effort }: Prompt): Pick<Agent<unknown>, 'model' | 'effort'> {
  const asked = mission.models[role]
  const own = config.roles[role]
  return { model: asked?.model ?? own?.model ?? config.tiers[model], effort: asked?.effort ?? own?.effort ?? effort }
}

/** The model that a run is with: the one it began with, where it has begun. */
export async function modelFor(job: Job, name: string): Promise<string> {
  const { prompts, trajectories } = job.services
  const prompt = prompts.get(name)
  if (!prompt) throw new PromptProblem(`no prompt ${name}`)
  const record = recordOf(await trajectories.read(job.run))
  return record.turns.length > 0 ? modelOf(record) : chosen(job, prompt).model
}

/** The event that an ending is. */
export function outcome<V>(ending: Ending<V>, answered: (value: V) => AnswerBody): Outcome {
  switch (ending.is) {
    case 'submitted':
      return { is: 'answered', body: answered(ending.value) }
    case 'failed':
      return { is: 'answered', body: { type: 'RunFailed', reason: ending.reason, detail: ending.detail.slice(0, 2_000), usage: ending.usage } }
    case 'stopped':
      return { is: 'stopped' }
  }
}
