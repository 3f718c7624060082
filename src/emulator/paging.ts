import type { Answer, Call } from './route.ts'

/** One page of a list, with the `Link` header to the others. */
export function paged<T, S>(call: Call, items: T[], show: (item: T) => S): Answer {
  const { slice, headers } = cut(call, items)
  return { status: 200, body: slice.map(show), headers }
}

/** Lists that come wrapped: `{total_count, <key>: […]}`. */
export function pagedUnder<T, S>(call: Call, key: string, items: T[], show: (item: T) => S): Answer {
  const { slice, headers } = cut(call, items)
  return { status: 200, body: { total_count: items.length, [key]: slice.map(show) }, headers }
}

export function cut<T>(call: Call, items: T[]): { slice: T[]; headers: Record<string, string> } {
  const size = Math.min(positive(call.query.get('per_page'), 30), 100)
  const page = positive(call.query.get('page'), 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const links = [
    page > 1 ? link(call, Math.min(page - 1, last), 'prev') : '',
    page < last ? link(call, page + 1, 'next') : '',
    page < last ? link(call, last, 'last') : '',
    page > 1 ? link(call, 1, 'first') : '',
  ].filter(Boolean)
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {}
  return { slice: items.slice((page - 1) * size, page * size), headers }
}

function link(call: Call, page: number, relation: string): string {
  const target = new URL(call.url)
  target.searchParams.set('page', String(page))
  return `<${target.href}>; rel="${relation}"`
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text)
  return text !== null && Number.isInteger(value) && value > 0 ? value : otherwise
}
