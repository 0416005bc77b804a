import { setTimeout as sleep } from 'node:timers/promises'
import type { PrimaryLossReport } from '@sanctum/contracts'
import { type CanaryAnswer, canaryQuestion, toPrimaryLossReport } from '../../drill/primary-loss.ts'
import { askGateway, type GatewayAddress } from './ask-gateway.ts'

/** What a drill does to a route; `createRelay` takes a primary away without stopping it. */
export interface PrimaryLossPorts {
  /** Asks the canary question through the router. */
  ask(): Promise<CanaryAnswer>
  losePrimary(): Promise<void>
  restorePrimary(): Promise<void>
  /** Of the process that answers in the burst; null where it cannot be read. */
  residentBytes(): Promise<number | null>
}

export interface PrimaryLossOptions {
  readonly route: string
  /** How the router calls the primary of the route. */
  readonly primaryName: string
  /** Requests one after the other on the warm fallback. */
  readonly burst: number
  /** For how long the way back to the primary is waited for, and how often it is asked for meanwhile. */
  readonly returnLimitMs: number
  readonly pollMs: number
}

/** Takes the primary away, gives it back, and times four answers. The primary is given back whatever happens. */
export async function runPrimaryLoss(options: PrimaryLossOptions, ports: PrimaryLossPorts): Promise<PrimaryLossReport> {
  const takenAtMs = Date.now()
  // The first may load the model, which is not what is measured.
  await ports.ask()
  const warmPrimary = await ports.ask()
  const away = await whileLost(options, ports)
  const { answer: restored, returnedAfterMs } = await untilReturned(options, ports)
  return toPrimaryLossReport({
    route: options.route,
    takenAtMs,
    primaryName: options.primaryName,
    answers: { 'warm-primary': warmPrimary, 'first-fallback': away.first, 'warm-fallback': away.warm, restored },
    returnedAfterMs,
    residentBytes: away.residentBytes,
    burst: options.burst,
  })
}

/** Asks the canary question at a router that names its backend in `x-sanctum-backend`. */
export async function askCanary(address: GatewayAddress, limitMs: number): Promise<CanaryAnswer> {
  const nowMs = (): number => performance.now()
  const call = await askGateway(address, { isStream: true, limitMs, nowMs, leave: null, question: canaryQuestion })
  const isAnswer = call.outcome === 'answer' && call.finishReason !== null
  return {
    isAnswer,
    error: isAnswer ? null : [call.outcome, call.status, call.errorCode].filter((part) => part !== null).join(' '),
    text: call.text,
    answeredBy: call.headers['x-sanctum-backend'] ?? call.model,
    tookMs: call.endedAtMs - call.startedAtMs,
    firstTokenMs: call.firstWordAtMs === null ? null : call.firstWordAtMs - call.startedAtMs,
  }
}

interface SeenWhileLost {
  readonly first: CanaryAnswer
  readonly warm: CanaryAnswer
  readonly residentBytes: readonly number[]
}

async function whileLost({ burst }: PrimaryLossOptions, ports: PrimaryLossPorts): Promise<SeenWhileLost> {
  await ports.losePrimary()
  try {
    const first = await ports.ask()
    const warm = await ports.ask()
    const readings = [await ports.residentBytes()]
    for (let number = 0; number < burst; number += 1) {
      await ports.ask()
      readings.push(await ports.residentBytes())
    }
    return { first, warm, residentBytes: readings.filter((bytes) => bytes !== null) }
  } finally {
    await ports.restorePrimary()
  }
}

/** A router goes back when it trusts the primary again, and not at once. */
async function untilReturned(
  { primaryName, returnLimitMs, pollMs }: PrimaryLossOptions,
  ports: PrimaryLossPorts,
): Promise<{ readonly answer: CanaryAnswer; readonly returnedAfterMs: number | null }> {
  const begin = performance.now()
  for (;;) {
    const answer = await ports.ask()
    const tookMs = performance.now() - begin
    if (answer.isAnswer && answer.answeredBy === primaryName) return { answer, returnedAfterMs: tookMs }
    if (tookMs > returnLimitMs) return { answer, returnedAfterMs: null }
    await sleep(pollMs)
  }
}
