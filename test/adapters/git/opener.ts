import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import { Sha } from '../../../src/domain/id.ts'

// A process of its own that opens one directory, so that a test can kill it meanwhile.
const [data_dir = '', url = '', run = '', at = '', authorization = ''] = process.argv.slice(2)
const author = { name: 'Missions', email: 'missions@example.com' }
const workspaces = gitWorkspaces({ data_dir, author, credential: async () => ({ url, authorization }) })
const space = await workspaces.open({ repository: { id: 42, installation_id: 1, owner: 'octo', name: 'shop' }, run, at: Sha.parse(at) })
process.stdout.write(space.dir)
