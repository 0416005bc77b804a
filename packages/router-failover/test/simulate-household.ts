import type { Backend } from '@sanctum/contracts'
import { defaultPolicy, judgeProbe, type RequestAct, type RequestEvent, type RouterPolicy } from '@sanctum/router-failover'
import { createRandom } from '@sanctum/testkit'
import { createRig, failure, pair } from './request-rig.ts'

/** What a simulated server does with whatever it is asked. */
export type Mood = 'resets' | 'loads' | 'well'

/** When each mood begins, in milliseconds from the request on, in their order; the last one stays. */
export type Moods = readonly (readonly [fromMs: number, mood: Mood])[]

export interface Household {
  readonly seed: number
  readonly moods: Readonly<Record<'m/0' | 'm/1', Moods>>
  readonly loadTimeS: number
  readonly delivery: 'live' | 'assured'
  readonly deadlineMs: number
  readonly policy?: RouterPolicy
}

export interface Ending {
  /** The last act, such as `finish` or `fail 503 no_backend_ready`. */
  readonly said: string
  readonly tookMs: number
  readonly attempts: number
}

const LOOK_MS = 500
const ANSWER_MS = 900

/**
 * One request in a household of two servers at full length, in simulated time: answers, warm-ups and looks come back after times that the
 * seed chooses, in whatever order that makes, as the keeper of the targets would tell them.
 */
export function simulateHousehold({ seed, moods, loadTimeS, delivery, deadlineMs, policy = defaultPolicy }: Household): Ending {
  const random = createRandom(seed)
  const rig = createRig(backendsOf(loadTimeS), { policy, random: () => random() })
  const startMs = rig.nowMs
  const due: { readonly atMs: number; readonly run: () => void }[] = []
  const after = (ms: number, run: () => void): void => void due.push({ atMs: rig.nowMs + ms, run })
  const mostDelayMs = random() < 0.5 ? 20 : 600
  const delayMs = (): number => 1 + random(mostDelayMs)
  const request = rig.request({ delivery, deadlineAtMs: startMs + deadlineMs })
  const ids = ['m/0', 'm/1'] as const
  const asking = new Set<string>()
  let ended = ''

  const moodOf = (id: (typeof ids)[number]): Mood => moods[id].findLast(([fromMs]) => rig.nowMs - startMs >= fromMs)?.[1] ?? 'well'

  function tell(event: RequestEvent): void {
    const from = request.acts.length
    request.on(event)
    for (const act of request.acts.slice(from)) perform(act)
  }

  function perform(act: RequestAct): void {
    if (act.kind === 'attempt') after(delayMs(), () => answer(act.attempt, act.target.id as (typeof ids)[number]))
    else if (act.kind === 'warm') warm(act.target.id as (typeof ids)[number])
    else if (act.kind === 'finish') ended = 'finish'
    else if (act.kind === 'fail') ended = `fail ${act.failure.status} ${act.failure.code}`
  }

  function answer(attempt: number, id: (typeof ids)[number]): void {
    const mood = moodOf(id)
    if (mood !== 'well') {
      tell({ kind: 'failed', attempt, failure: failure(troubles[mood]) })
      return
    }
    tell({ kind: 'output', attempt })
    after(ANSWER_MS, () => tell({ kind: 'ended', attempt, quality: { kind: 'fine' }, completionTokens: 60 }))
  }

  function warm(id: (typeof ids)[number]): void {
    asking.add(id)
    after(delayMs(), () => {
      const mood = moodOf(id)
      asking.delete(id)
      rig.warmUpEnds(id, mood === 'well' ? null : troubles[mood])
      news()
    })
  }

  function look(): void {
    for (const id of ids) {
      const wanted = asking.has(id) ? null : judgeProbe(rig.state(id), rig.nowMs, { policy })
      if (wanted === 'token') {
        rig.tell(id, { kind: 'warm-up-started', atMs: rig.nowMs })
        warm(id)
      } else if (wanted === 'health') {
        asking.add(id)
        after(delayMs(), () => {
          asking.delete(id)
          rig.tell(id, { kind: 'health-seen', atMs: rig.nowMs, health: healths[moodOf(id)] })
          news()
        })
      }
    }
    after(LOOK_MS, look)
  }

  const news = (): void => {
    if (request.loop.phase === 'open') tell({ kind: 'targets-changed' })
  }

  // The looks of the keeper have no bond with the request.
  after(random(LOOK_MS), look)
  tell({ kind: 'began' })
  while (ended === '' && rig.nowMs - startMs <= deadlineMs + 1_000) {
    const next = due.reduce((first, one) => (one.atMs < first.atMs ? one : first))
    if (request.wakeAtMs !== null && request.wakeAtMs < next.atMs) {
      rig.nowMs = Math.max(rig.nowMs, request.wakeAtMs)
      tell({ kind: 'tick' })
    } else {
      due.splice(due.indexOf(next), 1)
      rig.nowMs = Math.max(rig.nowMs, next.atMs)
      next.run()
    }
  }
  return { said: ended, tookMs: rig.nowMs - startMs, attempts: request.loop.attempts.length }
}

const troubles = {
  resets: { cause: 'reset' },
  loads: { status: 503, code: 'model_loading', retryAfterMs: 5_000 },
} as const
const healths = { resets: 'silent', loads: 'loading', well: 'ready' } as const

const backendsOf = (load_time_s: number) => ({ m: { ...pair.m, load_time_s } }) satisfies Readonly<Record<string, Backend>>
