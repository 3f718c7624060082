import { workspacesContract } from '../../contracts/workspaces.ts'
import { buildHouse } from './house.ts'

workspacesContract('git over a path', () => buildHouse())
