import { z } from 'zod'
import type { Product } from '../product.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

const Input = z.strictObject({
  act: z.enum(['restart', 'stop', 'start', 'logs']),
  fresh: z.boolean().optional().describe('With restart or start: on empty data, with nothing of what the product has stored since this task began. Default: on the data as they are'),
  options: z.array(z.string().min(1).max(500)).max(10).optional().describe('With restart or start: put behind the start command, as a user would; only until the next restart'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), z.string().max(1_000))
    .optional()
    .describe('With restart or start: variables in its environment; only until the next restart'),
})

export function productTool(product: Product, outputs: Outputs): Tool {
  return tool({
    name: 'product',
    description:
      'Stops, starts or restarts the running product, or shows what it printed. For an assertion that speaks of a restart, of empty data (`fresh`), or of a product started with an option or a variable.',
    input: Input,
    effects: 'some',
    async execute({ act, fresh = false, options = [], env = {} }, { signal, ordinal }) {
      if (act === 'logs') {
        const { text, ...whole } = await outputs.shorten((await product.logs()) || 'It has printed nothing.', 8_000, `product-${ordinal}`)
        return said(text, whole)
      }
      if (act === 'start' && (await product.isUp())) return failed('It is up; restart it, or stop it first.')
      if (act === 'stop' || act === 'restart') await product.stop()
      if (act === 'stop') return said('Stopped.')
      const stuck = fresh ? await product.afresh(signal) : null
      if (stuck !== null) return failed(`Its data could not be taken away: ${stuck}`)
      const started = await product.start(signal, { options, env })
      const how = [...(fresh ? ['on empty data'] : []), ...(options.length > 0 ? [`with ${options.join(' ')}`] : []), ...Object.entries(env).map(([name, value]) => `with ${name}=${value}`)]
      return started.up ? said(how.length > 0 ? `Up, ${how.join(', ')}.` : 'Up.') : failed(started.problem)
    },
  })
}
