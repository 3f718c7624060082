import { notFound, Refusal } from '../refusal.ts'
import { json, openRoute, textParam } from '../route.ts'
import type { Route } from '../route.ts'
import { findUser, showProfile } from '../show/user.ts'

export const userRoutes: Route[] = [
  openRoute('GET /user', ({ machine, actor }) => {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
    if (actor.kind !== 'person') throw new Refusal(403, 'Resource not accessible by integration')
    const user = findUser(machine, actor.login)
    if (user === undefined) throw notFound()
    return json(showProfile(machine, user))
  }),
  openRoute('GET /users/{username}', (call) => {
    const user = findUser(call.machine, textParam(call, 'username'))
    if (user === undefined) throw notFound()
    return json(showProfile(call.machine, user))
  }),
]
