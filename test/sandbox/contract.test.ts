import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { noSandbox } from '../../src/adapters/sandbox/none.ts'
import { sandboxContract } from '../contracts/sandbox.ts'
import { options } from './made.ts'

sandboxContract('bubblewrap', () => bubblewrapSandboxes(options))
sandboxContract('none', () => noSandbox(options))
