import type { ApiRequest } from '../api.ts'

export interface Pages {
  /** `null` when no page lives at the address. */
  handle(request: ApiRequest): Promise<{ status: number; headers: Record<string, string>; body: string } | null>
}

export function createPages(): Pages {
  return { handle: async () => null }
}
