import { briefOf, briefProblems } from '../../domain/brief.ts'
import { Clarification, ValidationContract } from '../../domain/contract.ts'
import { Plan } from '../../domain/feature.ts'
import { contractProblems } from '../../domain/lint/contract.ts'
import { planProblems } from '../../domain/plan.ts'
import { outcome, play } from '../cast.ts'
import { picturesFor } from '../pictures.ts'
import { knowledgeFor } from '../library.ts'
import { fenced, json, lines, repositoryName, requestText, roundsText } from '../material.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { notesText } from '../notes.ts'
import { baseTree, sourceProblems, surveyText } from '../repository/base.ts'
import { conventionsText } from '../repository/conventions.ts'
import { surveyOf } from '../repository/survey.ts'
import { submit } from '../submit.ts'
import { verdict } from '../verdict.ts'
import { exploreTool, notesTaken } from '../tools/explore.ts'

// The orchestrator before approval. It has no files: it asks explorers, and submits.

export async function clarify(job: Job<TaskOf<'clarify'>>): Promise<Outcome> {
  const { mission, run, task } = job
  const left = mission.limits.clarify_rounds - task.round
  const brief = briefOf(mission.request.issue.body)
  const survey = await surveyOf(await baseTree(job))
  const pictures = await picturesFor(mission, run, job.services.pictures)
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/clarify',
    values: {
      repository: repositoryName(mission),
      request: requestText(mission, run),
      pictures: pictures.list,
      brief: brief ? fenced(run, json(brief)) : '',
      rounds: roundsText(mission),
      notes: notesText(mission.notes),
      survey: surveyText(survey, run),
      round: String(task.round),
      previous: mission.understanding ? json(mission.understanding) : '',
      last_round: left >= 0 ? `After it, ${left} more ${left === 1 ? 'round is' : 'rounds are'} possible.` : 'No question can be asked any more.',
    },
    shown: pictures.blocks,
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in the understanding, with questions or without, and ends your task.',
      amends: { what: 'the understanding' },
      answer: Clarification,
      value: Clarification,
      check: async (value) =>
        verdict(value, [
          ...(left < 0 && value.outcome === 'questions' ? ['No question can be asked any more: record what is open as assumptions that matter, and say understood.'] : []),
          // A reply may change what the form said.
          ...(mission.clarify_rounds.length === 0 ? briefProblems(brief, value.understanding) : []),
        ]),
    }),
  })
  const notes = await notesTaken(job)
  return outcome(ending, (clarification) => ({ type: 'Clarified', clarification, notes, usage: ending.usage }))
}

export async function writeContract(job: Job<TaskOf<'contract'>>): Promise<Outcome> {
  const { mission, run, task } = job
  const survey = await surveyOf(await baseTree(job))
  const pictures = await picturesFor(mission, run, job.services.pictures)
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/contract',
    values: {
      repository: repositoryName(mission),
      request: requestText(mission, run),
      pictures: pictures.list,
      understanding: json(mission.understanding),
      rounds: roundsText(mission),
      notes: notesText(mission.notes),
      survey: surveyText(survey, run),
      revisions: mission.revisions.length === 0 ? '' : json(mission.revisions),
      previous: mission.contract ? json(mission.contract) : '',
      problems: lines(task.problems),
    },
    shown: pictures.blocks,
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in the contract and ends your task. A program checks it first.',
      amends: { what: 'the contract, yours or the one before it,', previous: mission.contract ?? undefined },
      answer: ValidationContract,
      value: ValidationContract,
      check: async (value) => verdict(value, contractProblems(value, mission.understanding)),
    }),
  })
  const notes = await notesTaken(job)
  return outcome(ending, (contract) => ({ type: 'ContractWritten', contract, notes, usage: ending.usage }))
}

export async function decompose(job: Job<TaskOf<'decompose'>>): Promise<Outcome> {
  const { mission, run, task } = job
  const { contract } = mission
  const tree = await baseTree(job)
  const survey = await surveyOf(tree)
  const { settings } = survey
  const pictures = await picturesFor(mission, run, job.services.pictures)
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/decompose',
    values: {
      repository: repositoryName(mission),
      request: requestText(mission, run),
      pictures: pictures.list,
      understanding: json(mission.understanding),
      rounds: roundsText(mission),
      contract: json(contract),
      notes: notesText(mission.notes),
      survey: surveyText(survey, run),
      conventions: fenced(run, await conventionsText(tree, [])),
      revisions: mission.revisions.length === 0 ? '' : json(mission.revisions),
      previous: mission.plan ? json(mission.plan) : '',
      problems: lines(task.problems),
      knowledge:
        mission.base_sha === null
          ? ''
          : await knowledgeFor(job, mission.base_sha, { paths: [], words: [mission.understanding?.goal ?? '', ...(contract?.assertions ?? []).map((a) => a.behaviour)].join('\n') }),
      parallel_workers: String(mission.limits.parallel_workers),
    },
    shown: pictures.blocks,
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in features, milestones and procedures, and ends your task. A program checks them first.',
      amends: { what: 'the plan, yours or the one before it,', previous: mission.plan ?? undefined },
      answer: Plan,
      value: Plan,
      check: async (value) => verdict(value, [...(contract ? planProblems(value, contract, settings) : []), ...(await sourceProblems(value, mission, tree))]),
    }),
  })
  const notes = await notesTaken(job)
  return outcome(ending, (plan) => ({ type: 'PlanWritten', plan, notes, settings, usage: ending.usage }))
}
