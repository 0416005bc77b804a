import { setTimeout as pause } from 'node:timers/promises'
import { type Asked, askModel } from './ask-model.ts'
import { reciteWords } from './reciting-model.ts'
import { type ModelServer, startModelServer } from './start-model-server.ts'

/** What clients and servers saw while a primary was killed, replaced by a fallback that had to load, and came back cold. */
export interface LossSeen {
  /** Those whose answer was under way when the primary was killed. */
  readonly cut: readonly Asked[]
  /** Those who asked while the fallback loaded, streamed and not. */
  readonly held: readonly Asked[]
  readonly fallbackLoads: number
  /** From the end of the fallback's load until all who waited had their first word. */
  readonly afterLoadMs: number
  /** The longest time in which a client that waited for a stream got no byte. */
  readonly longestSilenceMs: number
  /** All who asked while the primary was away or came back. */
  readonly meanwhile: readonly Asked[]
  /** Users' requests that reached the primary before its model was in memory. */
  readonly onColdPrimary: number
  /** From the start of the primary's new process until it answered a user; null where it did not within the time given. */
  readonly primaryAgainMs: number | null
}

export interface LossOptions {
  /** Puts what is examined before the two, and returns its base address. */
  readonly startGateway: (servers: { readonly primary: ModelServer; readonly fallback: ModelServer }) => Promise<string>
  readonly fallbackColdMs: number
  readonly primaryColdMs: number
  readonly patienceMs: number
}

const PRIMARY = 'house-primary'
const FALLBACK = 'house-fallback'
const USER = 'house'
/** As of a model that a household runs: long enough for a kill in the middle. */
const PACE_MS = 8
const WAITING = 4
const EVERY_MS = 150

/** Whether an answer is whole: every word, its end, and nothing amiss. */
export function isWhole({ status, text, finish, error }: Asked): boolean {
  return status === 200 && error === null && finish === 'stop' && text === reciteWords()
}

/** Whether an answer looks whole and is not: what no client can notice. */
export function isSilentlyCut(asked: Asked): boolean {
  return asked.status === 200 && asked.error === null && !isWhole(asked)
}

/** The loss of a primary with real model servers, from the first warm answer until the primary answers again. */
export async function losePrimary({ startGateway, fallbackColdMs, primaryColdMs, patienceMs }: LossOptions): Promise<LossSeen> {
  const servers: ModelServer[] = []
  const start = async (options: Parameters<typeof startModelServer>[0]): Promise<ModelServer> => {
    const server = await startModelServer(options)
    servers.push(server)
    return server
  }
  try {
    const primary = await start({ model: PRIMARY, paceMs: PACE_MS })
    const fallback = await start({ model: FALLBACK, lazy: true, coldMs: fallbackColdMs })
    await untilWarm(primary)
    const baseUrl = await startGateway({ primary, fallback })
    const ask = (stream = true) => askModel({ baseUrl, user: USER, stream })
    await untilAnswered(ask)

    const underWay = [ask(), ask(), ask()]
    // All are under way when one more has come to its tenth word.
    await askModel({ baseUrl, user: USER, most: 10 })
    await primary.kill()
    const held = await Promise.all(Array.from({ length: WAITING }, (_, index) => ask(index > 0)))
    const { loads, loadedAt } = await fallback.seen()

    const restartedAt = performance.now()
    const again = await start({ model: PRIMARY, port: primary.port, lazy: true, coldMs: primaryColdMs })
    const { meanwhile, isBack } = await untilBack(ask, patienceMs)
    return {
      cut: await Promise.all(underWay),
      held,
      fallbackLoads: loads,
      afterLoadMs: Math.max(...held.map((asked) => asked.askedAt + (asked.firstTokenMs ?? Number.POSITIVE_INFINITY))) - (loadedAt ?? 0),
      longestSilenceMs: Math.max(...held.slice(1).map(longestSilence)),
      meanwhile,
      onColdPrimary: (await again.seen()).requests.filter(({ phase, user }) => phase === 'cold' && user === USER).length,
      primaryAgainMs: isBack ? performance.now() - restartedAt : null,
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
}

async function untilWarm(server: ModelServer): Promise<void> {
  while ((await server.seen()).loadedAt === null) await pause(20)
}

/** The gateway may still be looking at who is there. */
async function untilAnswered(ask: () => Promise<Asked>): Promise<void> {
  for (let tries = 0; tries < 20; tries++) if (isWhole(await ask())) return
  throw new Error('with both servers there, no whole answer came')
}

async function untilBack(ask: () => Promise<Asked>, patienceMs: number) {
  const meanwhile: Promise<Asked>[] = []
  const until = performance.now() + patienceMs
  let isBack = false
  while (!isBack && performance.now() < until) {
    const asked = ask().then((answer) => {
      isBack ||= answer.model === PRIMARY
      return answer
    })
    meanwhile.push(asked)
    await pause(EVERY_MS)
  }
  return { meanwhile: await Promise.all(meanwhile), isBack }
}

function longestSilence({ arrivedMs, tookMs }: Asked): number {
  const times = [0, ...arrivedMs, tookMs]
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] as number)))
}
