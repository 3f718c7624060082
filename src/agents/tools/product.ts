import { z } from 'zod'
import type { Product } from '../product.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

export function productTool(product: Product, outputs: Outputs): Tool {
  return tool({
    name: 'product',
    description: 'Stops, starts or restarts the running product, or shows what it printed. Use it where an assertion speaks of a restart, or to begin again from a clean start.',
    input: z.strictObject({ act: z.enum(['restart', 'stop', 'start', 'logs']) }),
    effects: 'some',
    async execute({ act }, { signal, ordinal }) {
      if (act === 'logs') {
        const { text, ...whole } = await outputs.shorten((await product.logs()) || 'It has printed nothing.', 8_000, `product-${ordinal}`)
        return said(text, whole)
      }
      if (act === 'stop' || act === 'restart') await product.stop()
      if (act === 'stop') return said('Stopped.')
      const started = await product.start(signal)
      return started.up ? said('Up.') : failed(started.problem)
    },
  })
}
