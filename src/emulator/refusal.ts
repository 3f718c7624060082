/** An answer that GitHub gives instead of doing what was asked. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(status: number, message: string, more: { errors?: unknown[]; url?: string; headers?: Record<string, string> } = {}) {
    super(message)
    this.status = status
    this.body = {
      message,
      ...(more.errors === undefined ? {} : { errors: more.errors }),
      ...(more.url === undefined ? {} : { url: more.url }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    }
    this.headers = more.headers ?? {}
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

/** Moved: 301 for what only reads, 307 so that a write keeps its method. */
export function movedTo(url: string, method: string): Refusal {
  const reads = method === 'GET'
  return new Refusal(reads ? 301 : 307, reads ? 'Moved Permanently' : 'Temporary Redirect', { url, headers: { location: url } })
}

export interface FieldError {
  resource: string
  field: string
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom'
  value?: string
  message?: string
}

export function validationFailed(...errors: FieldError[]): Refusal {
  return new Refusal(422, 'Validation Failed', { errors })
}

/** Reviews answer with plain sentences instead of fields. */
export function unprocessable(...errors: string[]): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { errors })
}
