import type { Answer, CommandContext } from '../command.ts'
import { reachRouter, readRouterStatus } from '../router/find-router.ts'
import { isRouteServed } from '../router/judge-routes.ts'
import { renderRouterStatus } from '../views/router.ts'

/** How each server behind the router is, and why. A route for which nobody can answer is a problem. */
export async function run(context: CommandContext): Promise<Answer> {
  const router = await reachRouter(context)
  const status = await readRouterStatus(router)
  const isWell = status.routes.length > 0 && status.routes.every(isRouteServed) && status.refused === null
  return {
    exit: isWell ? 'ok' : 'problems',
    data: { status },
    findings: [],
    view: (style) => renderRouterStatus(status, context.ports.clock.now(), style),
  }
}
