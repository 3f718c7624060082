import type { ApiRequest } from '../api.ts'

export interface Posted {
  fields: URLSearchParams
  /** Files that were chosen, without those left empty. */
  files: { name: string; bytes: Uint8Array }[]
}

/** What a form sent, with files or without. */
export async function postedBy(request: ApiRequest): Promise<Posted> {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return { fields: new URLSearchParams(Buffer.from(request.body).toString('utf8')), files: [] }
  const form = await new Response(Buffer.from(request.body), { headers: { 'content-type': type } }).formData()
  const fields = new URLSearchParams()
  const files: Posted['files'] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.append(name, value)
    else if (value.size > 0) files.push({ name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  return { fields, files }
}
