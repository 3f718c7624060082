import { beforeAll } from 'vitest'

import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { noSandbox } from '../../src/adapters/sandbox/none.ts'
import { sandboxContract } from '../contracts/sandbox.ts'
import { built } from './built.ts'
import { options } from './made.ts'

beforeAll(built, 120_000)

sandboxContract('bubblewrap', () => bubblewrapSandboxes(options))
sandboxContract('none', () => noSandbox(options))
