import { z } from 'zod'

/** Who does a task. An explorer looks for the orchestrator. */
export const Role = z.enum(['orchestrator', 'worker', 'scrutiny', 'user-testing', 'explorer'])
export type Role = z.infer<typeof Role>

export const Effort = z.enum(['low', 'medium', 'high'])
export type Effort = z.infer<typeof Effort>
