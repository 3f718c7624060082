import { pino } from 'pino'
import type { Log } from '../../ports/log.ts'

/** JSON lines on standard output. What looks like a secret is cut out wherever a field carries it by name. */
export function pinoLog(level: string): Log {
  const logger = pino({ level, base: null, redact: { paths: ['*.token', '*.authorization', '*.private_key', '*.api_key', 'authorization', 'token'], censor: '[cut out]' } })
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  }
}
