import { countWords, type RouterScorecard } from '@sanctum/contracts'
import { faults as allFaults, type Delivery, type Fault, renderScorecard, selectFaults } from '@sanctum/router-failover'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import type { DrillPort } from '../ports.ts'
import { judgeScorecard, keepScorecards, usualFaults } from '../router/drill-record.ts'
import { type RouterTalk, reachRouter, readRouterStatus } from '../router/find-router.ts'
import { renderProblems } from '../views/problems.ts'

/** A twentieth of the time tells the same of what a server does. */
const SHORT = 1 / 20

/** Plants faults behind shadow routes of the running router and writes down how it came through. */
export async function run(context: CommandContext): Promise<Answer> {
  const faults = chooseFaults(context)
  const ids = faults.map(({ id }) => id)
  if (context.global.dryRun)
    return {
      exit: 'ok',
      data: { faults: ids, written: false },
      findings: [],
      view: () => `would plant ${ids.join(', ')} behind shadow routes; no route of the haus is touched`,
    }
  const router = await reachRouter(context)
  const status = await readRouterStatus(router)
  const isChosen = context.options['all'] === true || context.options['fault'] !== undefined
  if (status.routes.length === 0 && !isChosen) return nothingToDrill
  const drills = await context.ports.drills()
  const scorecards: RouterScorecard[] = []
  for (const delivery of ['live', 'assured'] as const) {
    for (const { timeScale, part } of toParts(faults, context.options['full'] === true)) {
      context.say(`${countWords(part.length, 'fault')}, ${delivery}${timeScale === 1 ? ', at full length, which takes some minutes' : ''}`)
      scorecards.push(await drill(drills, router, { faults: part, delivery, timeScale }))
    }
  }
  const files = await keepScorecards(context.ports, scorecards)
  const findings = scorecards.flatMap((card, index) => judgeScorecard(card, files[index] ?? null))
  return {
    exit: findings.length === 0 ? 'ok' : 'problems',
    data: { faults: ids, scorecards, files, written: files.length > 0 },
    findings,
    view: (style) =>
      [
        ...scorecards.map(renderScorecard),
        ...files.map((file) => style.faint(`written to ${context.ports.files.toShown(file)}`)),
        ...renderProblems(findings, style),
      ].join('\n'),
  }
}

/** Without a server there is no failover that could be tried. */
const nothingToDrill: Answer = {
  exit: 'ok',
  data: { faults: [], written: false },
  findings: [],
  view: () =>
    'the router knows no model server, so there is no failover to drill; sanctumctl router drill --fault S08 plants a fault all the same',
}

function chooseFaults({ options }: CommandContext): readonly Fault[] {
  if (options['all'] === true) return allFaults
  const asked = (options['fault'] as readonly string[] | undefined)?.map((id) => id.toUpperCase()) ?? usualFaults
  const { faults, unknown } = selectFaults(asked)
  if (unknown.length === 0) return faults
  throw new UsageProblem(
    `there is no fault ${unknown.join(', ')}`,
    `Give one of ${allFaults.map(({ id }) => id).join(', ')}, or S, F or O for all of a catalogue.`,
  )
}

interface Part {
  readonly timeScale: number
  readonly part: readonly Fault[]
}

/** Signs of life and the way back to a primary go by the clocks of the router that runs, and those are not shortened. */
function toParts(faults: readonly Fault[], isFull: boolean): readonly Part[] {
  const isOfTheRouter = ({ id, checks }: Fault) => id.startsWith('O') || checks.some(({ ask }) => ask.kind === 'primary-again')
  const parts = [
    { timeScale: SHORT, part: faults.filter((fault) => !isFull && !isOfTheRouter(fault)) },
    { timeScale: 1, part: faults.filter((fault) => isFull || isOfTheRouter(fault)) },
  ]
  return parts.filter(({ part }) => part.length > 0)
}

async function drill(
  drills: DrillPort,
  { place, clientToken, ask }: RouterTalk,
  how: { readonly faults: readonly Fault[]; readonly delivery: Delivery; readonly timeScale: number },
): Promise<RouterScorecard> {
  return await drills.router({
    place,
    clientToken,
    ...how,
    addRoute: async (route, ttl_ms) => void (await ask({ method: 'POST', path: '/admin/drill/routes', body: { route, ttl_ms } })),
    removeRoute: async (name) => void (await ask({ method: 'DELETE', path: '/admin/drill/routes', body: { name } }, [200, 404])),
  })
}
