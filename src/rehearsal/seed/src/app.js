import { createServer } from 'node:http'
import { BadRequest, sendJson, sendText } from './http.js'
import { api } from './routes/api.js'
import { pages } from './routes/pages.js'

/** The application as an HTTP server that does not listen yet. */
export function createApp(store) {
  const routes = [...api(store), ...pages(store)]
  return createServer(async (request, response) => {
    try {
      await answer(routes, request, response)
    } catch (error) {
      if (error instanceof BadRequest) return sendJson(response, 400, { error: error.message })
      console.error(error)
      sendText(response, 500, 'Something went wrong here. It was written down; please try again.')
    }
  })
}

async function answer(routes, request, response) {
  const url = new URL(request.url, 'http://localhost')
  let known = false
  for (const { method, path, handle } of routes) {
    const match = path.exec(url.pathname)
    if (match === null) continue
    known = true
    if (method === request.method) return handle({ request, response, url, params: match.slice(1) })
  }
  sendText(response, known ? 405 : 404, known ? 'Not that way' : 'Not found')
}
