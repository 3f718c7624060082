/** Keeps the head and the tail of a stream in memory that the limit bounds, however long the stream is. */
export class Clipped {
  readonly #half: number
  readonly #head: Buffer[] = []
  readonly #tail: Buffer[] = []
  #head_bytes = 0
  #tail_bytes = 0
  #dropped_bytes = 0

  constructor(limit_bytes: number) {
    this.#half = Math.max(1, Math.floor(limit_bytes / 2))
  }

  get truncated(): boolean {
    return this.#dropped_bytes > 0
  }

  push(chunk: Buffer): void {
    const room = this.#half - this.#head_bytes
    const first = chunk.subarray(0, Math.max(0, room))
    if (first.length > 0) this.#head.push(first)
    this.#head_bytes += first.length
    this.#keepTail(chunk.subarray(first.length))
  }

  text(): string {
    const head = Buffer.concat(this.#head)
    const tail = Buffer.concat(this.#tail)
    if (!this.truncated) return Buffer.concat([head, tail]).toString()
    return `${head.toString()}\n[… ${this.#dropped_bytes} bytes dropped …]\n${tail.toString()}`
  }

  #keepTail(chunk: Buffer): void {
    if (chunk.length === 0) return
    // A copy: a slice would keep the whole pool block of the stream alive.
    this.#tail.push(Buffer.from(chunk))
    this.#tail_bytes += chunk.length
    while (this.#tail_bytes > this.#half) {
      const oldest = this.#tail[0]
      if (oldest === undefined) return
      const drop = Math.min(oldest.length, this.#tail_bytes - this.#half)
      if (drop === oldest.length) this.#tail.shift()
      else this.#tail[0] = oldest.subarray(drop)
      this.#tail_bytes -= drop
      this.#dropped_bytes += drop
    }
  }
}
