import { setTimeout as sleep } from 'node:timers/promises'
import type { RouterScorecard } from '@sanctum/contracts'
import type { Delivery } from '../../config/router-definition.ts'
import type { DrillEndpoint } from '../../drill/drill-answer.ts'
import type { CasePlace } from '../../drill/drill-route.ts'
import type { Fault } from '../../drill/fault.ts'
import type { CallSeen } from '../../drill/fault-run.ts'
import { healthyFault } from '../../drill/faults.ts'
import { type FaultScore, isWell, scoreRun } from '../../drill/score-run.ts'
import { type ExamHeader, toScorecard } from '../../drill/scorecard.ts'
import { type AskOptions, askGateway, type GatewayAddress } from './ask-gateway.ts'
import type { FaultServer } from './create-fault-server.ts'

/** A gateway that is examined: our own, or any other that can be pointed at two servers. */
export interface ExamSubject {
  readonly name: string
  readonly version: string | null
  /** Makes a case reachable and says how it is asked: a model name, a header or a path, as the gateway has it. */
  address(place: CasePlace): GatewayAddress | Promise<GatewayAddress>
  /** Takes the case away again. */
  release?(place: CasePlace): Promise<void>
}

export interface ExamOptions {
  readonly subject: ExamSubject
  readonly faults: readonly Fault[]
  readonly server: FaultServer
  /** What our own router is held to; null for gateways that promise nothing. */
  readonly delivery: Delivery | null
  readonly isStream: boolean
  /** What is asked for; chat completions where nothing is said. */
  readonly endpoint?: DrillEndpoint
  readonly timeScale: number
  /** So many cases at once. */
  readonly concurrency: number
  /** So long after one another they begin, or a crowd of them would wait for its own beginning; at once where nothing is said. */
  readonly apartMs?: number
  /** What tells the cases of this run from others at the same server. */
  readonly runName: string
}

/** Every fault once. The healthy case goes first; whoever fails it is not judged. */
export async function runExam(options: ExamOptions): Promise<RouterScorecard> {
  const takenAtMs = Date.now()
  const healthy = await examine(healthyFault, options, 'healthy')
  const scores = isWell(healthy) ? await examineAll(options) : []
  const header: ExamHeader = {
    subject: { name: options.subject.name, version: options.subject.version },
    takenAtMs,
    delivery: options.delivery,
    isStream: options.isStream,
    timeScale: options.timeScale,
  }
  return toScorecard(header, healthy, scores)
}

/** Its client leaves. */
const isQuiet = ({ ideal }: Fault): boolean => ideal === 'left'

/** A client that leaves is measured on a real clock of a few milliseconds, so these wait until the crowd is through. */
async function examineAll(options: ExamOptions): Promise<readonly FaultScore[]> {
  const crowd = options.faults.filter((fault) => !isQuiet(fault)).toSorted((one, other) => lengthOf(other) - lengthOf(one))
  const alone = options.faults.filter(isQuiet)
  const scores = [
    ...(await inParallel(crowd, options, (fault) => examine(fault, options))),
    ...(await inParallel(alone, { concurrency: 1 }, (fault) => examine(fault, options))),
  ]
  return options.faults.map(({ id }) => scores.find((score) => score.id === id) as FaultScore)
}

/** About how long a case takes: the long ones begin first, so that none of them ends alone. */
const lengthOf = ({ plan, limitMs }: Fault): number => (plan.kind === 'series' ? plan.count * plan.everyMs : limitMs)

async function examine(fault: Fault, options: ExamOptions, name: string = fault.id.toLowerCase()): Promise<FaultScore> {
  const { server, subject, runName, timeScale } = options
  const place = server.open(`${runName}-${name}`, fault)
  const address = await subject.address(place)
  try {
    server.begin(place.caseId)
    const calls = await makeCalls(fault, address, { ...options, caseId: place.caseId })
    if (isQuiet(fault)) await untilQuiet(options, place.caseId)
    const asksAfter = fault.checks.some(({ ask }) => ask.kind === 'healthy-afterwards')
    const healthyAfterwards = asksAfter ? await isHealthy(options, name) : null
    const run = { calls, attempts: server.attempts(place.caseId), healthyAfterwards, isStream: options.isStream, timeScale }
    return scoreRun(fault, run, options.delivery)
  } finally {
    await subject.release?.(place)
  }
}

async function isHealthy(options: ExamOptions, name: string): Promise<boolean> {
  const score = await examine(healthyFault, options, `${name}-after`)
  return isWell(score)
}

type Calling = Pick<ExamOptions, 'server' | 'isStream' | 'endpoint' | 'timeScale'> & { readonly caseId: string }

async function makeCalls(fault: Fault, address: GatewayAddress, calling: Calling): Promise<readonly CallSeen[]> {
  const { plan } = fault
  const ask = (more: Partial<AskOptions> = {}): Promise<CallSeen> => askGateway(address, { ...toAskOptions(fault, calling), ...more })
  switch (plan.kind) {
    case 'one':
      return [await ask()]
    case 'together':
      return await Promise.all(Array.from({ length: plan.count }, () => ask()))
    case 'series':
      return await askInSeries(plan, calling, ask)
    case 'stacked':
      return await askAgain(plan, calling, ask)
    case 'leave':
      return [await ask({ leave: { afterMs: plan.afterMs * calling.timeScale } })]
    case 'leave-with-the-first-word':
      // An answer in one piece has no first word to leave with.
      return [await ask({ leave: calling.isStream ? 'with-the-first-word' : { afterMs: plan.orAfterMs * calling.timeScale } })]
  }
}

/** A call that is late holds up the next as little as a client of its own would. */
async function askInSeries(
  { count, everyMs }: { readonly count: number; readonly everyMs: number },
  { server, caseId, timeScale }: Calling,
  ask: () => Promise<CallSeen>,
): Promise<readonly CallSeen[]> {
  const calls: Promise<CallSeen>[] = []
  for (let number = 0; number < count; number += 1) {
    await sleep(Math.max(0, number * everyMs * timeScale - server.elapsedMs(caseId)))
    calls.push(ask())
  }
  return await Promise.all(calls)
}

/** As the SDKs do: the same request again after a failure, with the number of the try in a header. */
async function askAgain(
  { tries, pauseMs }: { readonly tries: number; readonly pauseMs: number },
  { timeScale }: Calling,
  ask: (more: Partial<AskOptions>) => Promise<CallSeen>,
): Promise<readonly CallSeen[]> {
  const calls: CallSeen[] = []
  for (let retry = 0; retry < tries; retry += 1) {
    const call = await ask({ headers: { 'x-stainless-retry-count': String(retry) } })
    calls.push(call)
    if (call.outcome === 'answer') break
    await sleep(pauseMs * timeScale)
  }
  return calls
}

/** Until everything that the client left behind has ended, or stays. */
async function untilQuiet({ server }: ExamOptions, caseId: string): Promise<void> {
  const deadline = performance.now() + 2000
  const isOpen = (): boolean => server.attempts(caseId).some(({ answeredWhole, hungUpAtMs }) => !answeredWhole && hungUpAtMs === null)
  while (isOpen() && performance.now() < deadline) await sleep(10)
}

const toAskOptions = (fault: Fault, { isStream, endpoint, timeScale, server, caseId }: Calling): AskOptions => ({
  isStream,
  ...(endpoint === undefined ? {} : { endpoint }),
  limitMs: fault.limitMs * timeScale + GRACE_MS,
  nowMs: () => server.elapsedMs(caseId),
  leave: null,
})

/** Real time that no hang is: what a busy machine may take on top of a short limit. */
const GRACE_MS = 1000

async function inParallel<Item, Result>(
  items: readonly Item[],
  { concurrency, apartMs = 0 }: Pick<ExamOptions, 'concurrency' | 'apartMs'>,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const worker = async (_: unknown, number: number): Promise<void> => {
    if (apartMs > 0) await sleep(number * apartMs)
    for (const [index, item] of queue) results[index] = await work(item)
  }
  // Whoever would find nothing left to take would only be waited for.
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}
