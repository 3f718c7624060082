import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where bookings are kept, whatever the folder a process was started in. */
export function dataFile() {
  return process.env.DATA_FILE ?? fileURLToPath(new URL('../data/bookings.json', import.meta.url))
}

/**
 * Bookings in one JSON file. `update` takes a function from the bookings to the bookings; updates run one after
 * another, and each is on the disk when its promise resolves.
 */
export function openStore(file) {
  let last = Promise.resolve()

  function update(change) {
    const done = last.then(async () => write(file, change(await read(file))))
    // Whoever asked hears of a failure; the next in line only waits for the end.
    last = Promise.allSettled([done])
    return done
  }

  async function list() {
    await last
    return read(file)
  }

  return { file, list, update }
}

async function read(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

/** Beside it, then renamed: a power cut leaves the old file or the new one. */
async function write(file, bookings) {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(bookings, null, 2)}\n`)
  await rename(`${file}.new`, file)
}
