const LIMIT_BYTES = 16 * 1024

/** A request that cannot be understood; its message is shown to the sender. */
export class BadRequest extends Error {}

export function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(value))
}

export function sendHtml(response, status, html) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(html)
}

export function sendText(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

export function redirect(response, location) {
  response.writeHead(303, { location })
  response.end()
}

export async function readJson(request) {
  try {
    return JSON.parse(await readBody(request))
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadRequest('The body is not JSON.')
    throw error
  }
}

export async function readForm(request) {
  return Object.fromEntries(new URLSearchParams(await readBody(request)))
}

async function readBody(request) {
  let body = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    body += chunk
    if (body.length > LIMIT_BYTES) throw new BadRequest('That is too long.')
  }
  return body
}
