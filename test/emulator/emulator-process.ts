import { startEmulator } from '../../src/emulator/emulator.ts'

// An emulator in a process of its own that keeps what happens: `emulator-process.ts <folder>`. Prints its address.
const [data_dir = ''] = process.argv.slice(2)
const emulator = await startEmulator({ data_dir, keep: true, webhook: null, app: { id: 7, slug: 'missions' } })
if (!emulator.resumed) {
  emulator.addUser('mara')
  await emulator.addRepository({ owner: 'mara', name: 'shop' })
}
process.stdout.write(`${emulator.url}\n`)
