import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isWhole, type LossSeen, losePrimary } from '../model-server/lose-primary.ts'
import { noModelServer } from '../model-server/start-model-server.ts'
import type { Bench, BenchCase, Figure } from './bench-case.ts'
import type { Load, LoadSeen } from './router/drive-load.ts'
import { describeGateways, type Gateway, LOAD_CORE, startOurs, stop } from './router/gateways.ts'
import { summarize } from './summarize.ts'

const REFUSALS = 7
const LOSSES = 2
/** A load longer than the longest silence that a client may see. */
const COLD_MS = 12_000
const PRIMARY_COLD_MS = 5000
/** The hold of the breaker, a load, and a look. */
const PATIENCE_MS = 60_000

/**
 * What a caller notices when the primary goes: refused with a warm fallback, lost with a cold one, and back while it is cold itself. The
 * first against a server that costs nothing, the others with llama.cpp, whose load is stretched.
 */
export const routerFailover: BenchCase = {
  id: 'router-failover',
  title: `a primary refuses, is lost and comes back; the fallback loads for ${COLD_MS / 1000} s`,
  guards: [
    'packages/router-failover/src/*',
    'tools/bench/router-failover.ts',
    'tools/bench/router/gateways.ts',
    'tools/model-server/lose-primary.ts',
  ],
  describe: describeGateways,
  async measure(bench) {
    if (noModelServer !== null) throw new Error(noModelServer)
    return [await measureRefusal(bench), ...(await measureLoss(bench))]
  },
}

/** The first request after the primary was killed, of a router that knew nothing of it: a router of its own for each. */
async function measureRefusal(bench: Bench): Promise<Figure> {
  const { server: fallback, port } = await startUpstream(bench)
  const [through, itself]: number[][] = [[], []]
  try {
    for (let round = 0; round < bench.rounds(REFUSALS); round++) {
      through?.push(await refuseOnce(bench, port))
      itself?.push(firstToken(bench, { port, headers: {}, kind: 'first-token', streams: 1, warmPort: port }))
    }
  } finally {
    await stop(fallback)
  }
  return {
    what: 'first token when the primary refuses for the first time, with a warm fallback',
    command: 'kill -9 PRIMARY; POST /v1/chat/completions, stream',
    unit: 'ms',
    ours: summarize(through ?? []),
    bound: { kind: 'beyond', most: 10, of: 'the fallback itself', theirs: summarize(itself ?? []) },
  }
}

async function refuseOnce(bench: Bench, fallback: number): Promise<number> {
  const { server, port: primary } = await startUpstream(bench)
  let gateway: Gateway | null = null
  try {
    gateway = await startOurs(bench, { primary, fallback })
    const asked = { port: gateway.port, headers: {}, kind: 'first-token' } as const
    firstToken(bench, { ...asked, streams: 20 })
    await stop(server)
    return firstToken(bench, { ...asked, streams: 1, warmPort: fallback })
  } finally {
    await gateway?.stop()
    await stop(server)
  }
}

function firstToken({ node }: Bench, load: Load): number {
  const program = fileURLToPath(new URL('router/drive-load.ts', import.meta.url))
  const said = execFileSync('taskset', ['-c', String(LOAD_CORE), node, program, JSON.stringify(load)], { encoding: 'utf8' })
  return (JSON.parse(said) as LoadSeen).firstTokenMs ?? Number.NaN
}

async function startUpstream({ node }: Bench): Promise<{ readonly server: ChildProcess; readonly port: number }> {
  const program = fileURLToPath(new URL('router/serve-upstream.ts', import.meta.url))
  const server = spawn('taskset', ['-c', String(LOAD_CORE), node, program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(server.stdout, 'data')
  return { server, port: Number(String(said)) }
}

async function measureLoss(bench: Bench): Promise<readonly Figure[]> {
  const losses: LossSeen[] = []
  for (let round = 0; round < Math.min(LOSSES, bench.rounds(LOSSES)); round++) losses.push(await lose(bench))
  const seen = (pick: (loss: LossSeen) => number) => summarize(losses.map(pick))
  const command = 'kill -9 PRIMARY; POST /v1/chat/completions'
  const notWhole = ({ held, meanwhile }: LossSeen) => [...held, ...meanwhile].filter((asked) => !isWhole(asked)).length
  return [
    {
      what: 'primary lost, fallback cold: from the end of its load until all who waited had their first word',
      command,
      unit: 'ms',
      ours: seen(({ afterLoadMs }) => afterLoadMs),
      bound: { kind: 'limit', most: 1000 },
    },
    {
      what: 'the longest silence meanwhile',
      command,
      unit: 'ms',
      ours: seen(({ longestSilenceMs }) => longestSilenceMs),
      bound: { kind: 'limit', most: 10_000 },
    },
    {
      what: 'requests after the loss that got no whole answer, in the worst round',
      command,
      unit: 'requests',
      ours: summarize([Math.max(...losses.map(notWhole))]),
      bound: { kind: 'limit', most: 0 },
    },
    {
      what: "users' requests on the primary before its model was in memory, in the worst round",
      command: 'the primary starts again',
      unit: 'requests',
      ours: summarize([Math.max(...losses.map(({ onColdPrimary }) => onColdPrimary))]),
      bound: { kind: 'limit', most: 0 },
    },
    {
      what: `from the start of the primary, which loads for ${PRIMARY_COLD_MS / 1000} s, until it answers users again`,
      command: 'the primary starts again',
      unit: 'ms',
      ours: seen(({ primaryAgainMs }) => primaryAgainMs ?? Number.POSITIVE_INFINITY),
      bound: { kind: 'limit', most: PATIENCE_MS },
    },
  ]
}

async function lose(bench: Bench): Promise<LossSeen> {
  let gateway: Gateway | null = null
  try {
    return await losePrimary({
      startGateway: async ({ primary, fallback }) => {
        gateway = await startOurs(bench, { primary: primary.port, fallback: fallback.port }, [`load_time_s: ${(2 * COLD_MS) / 1000}`])
        return `http://127.0.0.1:${gateway.port}/v1`
      },
      fallbackColdMs: COLD_MS,
      primaryColdMs: PRIMARY_COLD_MS,
      patienceMs: PATIENCE_MS,
    })
  } finally {
    await (gateway as Gateway | null)?.stop()
  }
}
