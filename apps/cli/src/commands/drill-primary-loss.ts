import { type Finding, findingCodes, type PrimaryLossReport } from '@sanctum/contracts'
import { type RouteDefinition, renderPrimaryLoss } from '@sanctum/router-failover'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { keepDrill, pruneDrills } from '../router/drill-record.ts'
import { type RouterTalk, reachRouter, readRouterStatus } from '../router/find-router.ts'
import { readRouterDefinition } from '../router/read-definition.ts'
import { renderProblems } from '../views/problems.ts'

const BURST = 5

/** The drill of 2026-04-25: warm, lost, covered, restored; two and two asked on each leg. */
export async function run(context: CommandContext): Promise<Answer> {
  const router = await reachRouter(context)
  const status = await readRouterStatus(router)
  const route = await chooseRoute(context, status)
  if (context.global.dryRun)
    return {
      exit: 'ok',
      data: { route: route.name, written: false },
      findings: [],
      view: () => `would take ${route.targets[0]?.url} away from a copy of the route ${route.name}; everybody else still reaches it`,
    }
  context.say(`${route.targets[0]?.url} goes away for a copy of the route ${route.name}; everybody else still reaches it`)
  const report = await drill(context, { router, route, pid: status.pid })
  const file = await keepDrill(context.ports, `primary-loss-${report.taken_at}`, report)
  await pruneDrills(context.ports)
  const findings = judgeReport(report)
  return {
    exit: findings.length === 0 ? 'ok' : 'problems',
    data: { route: route.name, report, written: file !== null },
    findings,
    view: (style) => [renderPrimaryLoss(report).trimEnd(), ...renderProblems(findings, style)].join('\n'),
  }
}

/** A copy of a route may ask this machine only, so what stands elsewhere is left out of it. */
async function chooseRoute(
  context: CommandContext,
  { source, default_route }: { readonly source: string; readonly default_route: string },
): Promise<RouteDefinition> {
  const wanted = typeof context.options['route'] === 'string' ? context.options['route'] : default_route
  const definition = await readRouterDefinition(context, source)
  const route = definition?.routes.find(({ name }) => name === wanted)
  if (wanted === '')
    throw new UsageProblem(
      'the router knows no model server, so there is no primary to lose',
      'sanctumctl router status says where it looks.',
    )
  if (route === undefined)
    throw new UsageProblem(
      `the router has no route ${wanted} that can be read`,
      definition === null ? 'Give its routes in a file or in the haus.' : `It has ${definition.routes.map(({ name }) => name).join(', ')}.`,
    )
  const targets = route.targets.filter(({ url }) => /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url))
  if (targets[0] === route.targets[0] && targets.length > 1) return { ...route, targets }
  throw new Refused(
    [
      {
        code: 'DRILL_NOT_POSSIBLE',
        severity: 'error',
        message: `the route ${wanted} has no primary with a fallback on this machine, so there is nothing to lose and nothing to fall back to`,
        subject: wanted,
        evidence: {
          expected: 'a primary and a fallback, both on this machine',
          observed: route.targets.map(({ url }) => url).join(', ') || 'no target',
        },
        fix: { text: 'Choose another route with --route, or give it a fallback.', command: 'sanctumctl router status', safe: true },
      },
    ],
    'unavailable',
  )
}

async function drill(
  { ports }: CommandContext,
  {
    router: { place, clientToken, ask },
    route,
    pid,
  }: { readonly router: RouterTalk; readonly route: RouteDefinition; readonly pid: number },
): Promise<PrimaryLossReport> {
  const drills = await ports.drills()
  const { residentBytes } = await ports.inspect()
  return await drills.primaryLoss({
    place,
    clientToken,
    route,
    burst: BURST,
    addRoute: async (shadow, ttl_ms) => void (await ask({ method: 'POST', path: '/admin/drill/routes', body: { route: shadow, ttl_ms } })),
    removeRoute: async (name) => void (await ask({ method: 'DELETE', path: '/admin/drill/routes', body: { name } }, [200, 404])),
    residentBytes: () => residentBytes(pid),
  })
}

function judgeReport({ held, legs, returned_after_ms, route }: PrimaryLossReport): Finding[] {
  if (held) return []
  const problems = legs.flatMap(({ leg, problem }) => (problem === null ? [] : [`${leg}: ${problem}`]))
  const observed = [...problems, ...(returned_after_ms === null ? ['the primary never answered again'] : [])].join('; ')
  return [
    {
      code: 'ROUTER_DRILL_FAILED',
      severity: findingCodes.ROUTER_DRILL_FAILED.severity,
      message: `the loss of the primary of ${route}: ${observed}`,
      subject: route,
      evidence: { expected: 'primary, fallback, fallback, primary, each with its known answer', observed },
      fix: { text: 'See how the router judges its servers.', command: 'sanctumctl router status', safe: true },
    },
  ]
}
