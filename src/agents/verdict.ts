/** What a submit's check answers: the value, or the sentences it goes back with. */
export function verdict<V>(value: V, problems: string[]): { value: V } | { problems: string[] } {
  return problems.length === 0 ? { value } : { problems }
}
