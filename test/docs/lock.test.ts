import { expect, test } from 'vitest'
import { page } from './tables.ts'

interface Lock {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>
}

const lock = JSON.parse(page('package-lock.json')) as Lock

test('the lock file names every optional package, or npm ci would refuse it', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !(`${path}/node_modules/${name}` in lock.packages) && !(`node_modules/${name}` in lock.packages)),
  )
  expect(missing).toEqual([])
})

test('the lock file names no download address', () => {
  expect(Object.values(lock.packages).filter((one) => one.resolved !== undefined)).toEqual([])
})
