import { memoryTrajectories } from '../../../src/adapters/memory/trajectories.ts'
import { trajectoriesContract } from '../../contracts/trajectories.ts'

trajectoriesContract('memory', async () => {
  const trajectories = memoryTrajectories()
  return { trajectories, other: trajectories, [Symbol.asyncDispose]: async () => {} }
})
