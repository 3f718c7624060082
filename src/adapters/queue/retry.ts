/** How long to wait before a failed job is tried again; null: never. */
export function pauseBefore(error: unknown, failures: number, policy: { backoff_ms: number; most_backoff_ms: number }): number | null {
  if (!(error instanceof Error && 'retryable' in error && error.retryable === true)) return null
  if ('retry_after_ms' in error && typeof error.retry_after_ms === 'number') return error.retry_after_ms
  return Math.min(policy.backoff_ms * 2 ** (failures - 1), policy.most_backoff_ms)
}
