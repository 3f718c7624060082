/** Milliseconds of processor that a piece of work took: a busy machine makes it late, not more. */
export function cpu_ms(work: () => void): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}
