import { z } from 'zod'

export const Trust = z.enum(['auto-merge-low-risk', 'scoped-autonomy'])
export type Trust = z.infer<typeof Trust>

export const Policy = z.strictObject({
  trust: Trust.default('auto-merge-low-risk'),
  /** Logins mentioned when an approval is asked for; empty means whoever labelled. */
  approvers: z.array(z.string()).default([]),
  /** `skip` marks feature heads `[skip ci]`. */
  ci: z.enum(['run', 'skip']).default('run'),
  /** How much is tried before a plan is shown: `program` leaves out the testers, who exercise the contract on the base. */
  dry_run: z.enum(['full', 'program']).default('full'),
  /** Does the app's installation let it await checks at all; null deadline: do not wait. */
  checks_deadline_ms: z
    .int()
    .min(0)
    .default(45 * 60_000),
  /** No check run or status within this after the push means the repository has none for it. */
  checks_grace_ms: z.int().min(0).default(60_000),
  /** Hosts that pictures of a request are fetched from, beside GitHub itself: where it keeps what people attach. */
  picture_hosts: z.array(z.string()).default(['user-images.githubusercontent.com', 'private-user-images.githubusercontent.com']),
  /** Hosts that those may lead on to. */
  picture_stores: z
    .array(z.string())
    .default(['private-user-images.githubusercontent.com', 'github-production-user-asset-6210df.s3.amazonaws.com', 'objects.githubusercontent.com', 'objects-origin.githubusercontent.com']),
})
export type Policy = z.infer<typeof Policy>

/** Every loop has a limit, and limits are data. */
export const Limits = z.strictObject({
  clarify_rounds: z.int().min(1).default(3),
  plan_send_backs: z.int().min(0).default(3),
  attempts_per_feature: z.int().min(1).default(2),
  splits_per_mission: z.int().min(0).default(4),
  rounds_per_feature: z.int().min(1).default(4),
  rounds_per_milestone: z.int().min(1).default(4),
  delivery_rounds: z.int().min(1).default(3),
  parallel_workers: z.int().min(1).default(2),
  assertions_per_run: z.int().min(1).default(8),
  /** Times the orchestrator looks at what was learned in one milestone. */
  curations_per_milestone: z.int().min(0).default(1),
  /** Entries it is shown at once, oldest first. */
  entries_per_curation: z.int().min(1).default(40),
  /** Tries to put accepted entries on a branch that a person moves meanwhile. */
  knowledge_commits: z.int().min(1).default(3),
  /** Texts of one topic of the library together. */
  topic_chars: z.int().min(600).default(6000),
  /** What one agent is told of the library. */
  knowledge_chars: z.int().min(0).default(6000),
  /** Pictures of a request that are looked at; the models take no picture of more than 5 MB in base64 or 8,000 pixels a side, and 32 MB in all. */
  pictures: z.int().min(0).default(10),
  picture_bytes: z.int().min(1).default(3_700_000),
  pictures_bytes: z.int().min(1).default(12_000_000),
  picture_px: z.int().min(1).default(8_000),
  planning_usd: z.number().positive().default(5),
  installation_day_usd: z.number().positive().default(50),
})
export type Limits = z.infer<typeof Limits>
