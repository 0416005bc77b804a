import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bench, BenchCase, Bound, Figure } from './bench-case.ts'
import { type Contender, interleave } from './interleave.ts'
import { haproxy } from './peers.ts'
import type { Load, LoadSeen } from './router/drive-load.ts'
import {
  describeGateways,
  type Gateway,
  LOAD_CORE,
  startHaproxy,
  startOurs,
  startPassThrough,
  startPortkey,
  stop,
  toPortkeyHeaders,
} from './router/gateways.ts'
import { type Summary, summarize } from './summarize.ts'

const CONNECTIONS = 32
const RATE_SECONDS = 2
const FIRST_TOKENS = 200
const FRAMES = 20_000
const STREAMS = 128
const STREAM_FRAMES = 100
const GAP_MS = 20
const ROUNDS = 5
const MEMORY_ROUNDS = 3

/**
 * What a router costs: on one core, while load and model server share the other. The floor is the model server asked directly, and what
 * Node cannot be without is a bare pass-through on undici that decides nothing.
 */
export const routerSpeed: BenchCase = {
  id: 'router-speed',
  title: `a router on one core: ${CONNECTIONS} connections, one connection, one stream, ${STREAMS} streams of a frame every ${GAP_MS} ms`,
  guards: [
    'packages/router-failover/src/*',
    'apps/daemon/src/router/*',
    'apps/daemon/src/main.ts',
    'apps/daemon/src/node/hold-nursery-small.ts',
    'apps/daemon/src/node/serve-router.ts',
    'packages/local-api/src/*',
    'tools/bench/router-speed.ts',
    'tools/bench/router/*',
  ],
  peers: [haproxy],
  describe: describeGateways,
  async measure(bench) {
    const upstream = spawn('taskset', ['-c', String(LOAD_CORE), bench.node, program('serve-upstream.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gateways: Gateway[] = []
    try {
      const [said] = await once(upstream.stdout, 'data')
      const port = Number(String(said))
      const started = await startAll(bench, port)
      gateways.push(...Object.values(started).filter((one) => one !== null))
      const row: Row = { direct: { port, headers: {} }, ...started }
      const speed = [...measureRate(bench, row), ...measureDelay(bench, row), ...measureStreams(bench, row)]
      for (const gateway of gateways.splice(0)) await gateway.stop()
      return [...speed, ...(await measureMemory(bench, port))]
    } finally {
      for (const gateway of gateways) await gateway.stop()
      await stop(upstream)
    }
  },
}

type Address = Pick<Gateway, 'port' | 'headers'>
const names = ['direct', 'ours', 'bare', 'haproxy', 'portkey'] as const
type Name = (typeof names)[number]
type Row = Readonly<Record<Name, Address | null>>
type Measured = Readonly<Record<Name, readonly number[]>>

async function startAll(bench: Bench, port: number) {
  const upstreams = { primary: port, fallback: port }
  const portkey = await startPortkey(bench)
  const url = `http://127.0.0.1:${port}/v1`
  return {
    ours: await startOurs(bench, upstreams),
    bare: await startPassThrough(bench, upstreams),
    haproxy: await startHaproxy(bench, upstreams),
    portkey: portkey && { ...portkey, headers: toPortkeyHeaders(url, url) },
  }
}

function measureRate(bench: Bench, row: Row): readonly Figure[] {
  const load = { kind: 'rate', connections: CONNECTIONS, seconds: RATE_SECONDS } as const
  const rate = measure(bench, row, load, ({ perSecond }) => perSecond)
  const figure = {
    what: `requests a second over ${CONNECTIONS} connections`,
    command: 'POST /v1/chat/completions',
    unit: 'req/s',
    ours: summarize(rate.ours),
  } as const
  return [
    { ...figure, bound: { kind: 'least', least: 9000 } },
    { ...figure, bound: toBound(rate.portkey, 'portkey', (theirs) => ({ kind: 'more', least: 12, than: 'portkey', theirs })) },
    ...beside(figure, rate),
  ]
}

/** What is added to the time of one request, and of the first token of one stream. */
function measureDelay(bench: Bench, row: Row): readonly Figure[] {
  const load = { kind: 'rate', connections: 1, seconds: 1 } as const
  const one = lessFloor(measure(bench, row, load, ({ p50Us }) => p50Us))
  const tokens = { kind: 'first-token', streams: FIRST_TOKENS } as const
  const first = lessFloor(measure(bench, row, tokens, ({ firstTokenMs }) => firstTokenMs))
  const figure = {
    what: 'added to a request at one connection, half of them',
    command: 'POST /v1/chat/completions',
    unit: 'µs',
    ours: summarize(one.ours),
  } as const
  const token = {
    what: 'added to the first token of a stream, half of them',
    command: 'POST /v1/chat/completions, stream',
    unit: 'ms',
    ours: summarize(first.ours),
  } as const
  return [
    { ...figure, bound: { kind: 'times', most: 1.5, of: 'a bare undici pass-through', theirs: summarize(one.bare) } },
    ...beside(figure, one, ['haproxy', 'portkey']),
    { ...token, bound: { kind: 'limit', most: 0.5 } },
    ...beside(token, first),
  ]
}

function measureStreams(bench: Bench, row: Row): readonly Figure[] {
  const frames = lessFloor(measure(bench, row, { kind: 'frames', frames: FRAMES }, ({ frameUs }) => frameUs))
  const command = 'POST /v1/chat/completions, stream'
  const figure = {
    what: `added to a frame, of ${FRAMES} as fast as they can be written`,
    command,
    unit: 'µs',
    ours: summarize(frames.ours),
  } as const
  return [{ ...figure, bound: { kind: 'limit', most: 20 } }, ...beside(figure, frames)]
}

/** Each time with a process of its own, since what a process once needed it keeps. */
async function measureMemory(bench: Bench, port: number): Promise<readonly Figure[]> {
  const upstreams = { primary: port, fallback: port }
  const [ours, bare]: MemorySeen[][] = [[], []]
  for (let round = 0; round < Math.min(MEMORY_ROUNDS, bench.rounds(MEMORY_ROUNDS)); round++) {
    ours?.push(await watchMemory(bench, await startOurs(bench, upstreams)))
    bare?.push(await watchMemory(bench, await startPassThrough(bench, upstreams)))
  }
  return toMemoryFigures(ours ?? [], bare ?? [])
}

interface MemorySeen {
  readonly idleMb: number
  readonly peakMb: number
  readonly lostFrames: number
}

async function watchMemory(bench: Bench, gateway: Gateway): Promise<MemorySeen> {
  try {
    drive(bench, { ...addressOf(gateway), kind: 'first-token', streams: 10 })
    wait(1000)
    const idleMb = residentMb(gateway.pid)
    const paced = { kind: 'paced', streams: STREAMS, frames: STREAM_FRAMES, gapMs: GAP_MS, pid: gateway.pid } as const
    const { peakMb = Number.NaN, lostFrames = Number.NaN } = drive(bench, { ...addressOf(gateway), ...paced })
    return { idleMb, peakMb, lostFrames }
  } finally {
    await gateway.stop()
  }
}

function toMemoryFigures(ours: readonly MemorySeen[], bare: readonly MemorySeen[]): readonly Figure[] {
  const of = (seen: readonly MemorySeen[], name: keyof MemorySeen): Summary => summarize(seen.map((one) => one[name]))
  const under = {
    what: `resident memory under ${STREAMS} streams`,
    command: 'sanctumd router',
    unit: 'MB',
    ours: of(ours, 'peakMb'),
  } as const
  const lost = ours.map(({ lostFrames }) => lostFrames)
  return [
    {
      what: `frames lost of ${STREAMS * STREAM_FRAMES}, in the worst round`,
      command: 'POST /v1/chat/completions, stream',
      unit: 'frames',
      ours: summarize([Math.max(...lost)]),
      bound: { kind: 'limit', most: 0 },
    },
    {
      what: 'resident memory, idle',
      command: 'sanctumd router',
      unit: 'MB',
      ours: of(ours, 'idleMb'),
      bound: { kind: 'limit', most: 90 },
    },
    { ...under, bound: { kind: 'limit', most: 140 } },
    { ...under, bound: { kind: 'times', most: 1.4, of: 'a bare undici pass-through', theirs: of(bare, 'peakMb') } },
  ]
}

const titles: Readonly<Record<Name, string>> = {
  direct: 'the model server itself',
  ours: 'ours',
  bare: 'a bare undici pass-through',
  haproxy: 'haproxy',
  portkey: 'portkey',
}

function beside(figure: Omit<Figure, 'bound'>, measured: Measured, of: readonly Name[] = names): readonly Figure[] {
  return of
    .filter((name) => name !== 'ours' && measured[name].length > 0)
    .map((name) => ({ ...figure, bound: { kind: 'beside', of: titles[name], theirs: summarize(measured[name]) } }))
}

function toBound(theirs: readonly number[], peer: string, bound: (theirs: Summary) => Bound): Bound {
  return theirs.length === 0 ? { kind: 'peer-missing', peer } : bound(summarize(theirs))
}

/** Round by round less what the model server itself took in that round, which has then no row of its own. */
function lessFloor(measured: Measured): Measured {
  const less = (values: readonly number[]) => values.map((value, round) => value - (measured.direct[round] ?? Number.NaN))
  const { ours, bare, haproxy: theirs, portkey } = measured
  return { direct: [], ours: less(ours), bare: less(bare), haproxy: less(theirs), portkey: less(portkey) }
}

type Asked = Load extends infer One ? (One extends Load ? Omit<One, 'port' | 'headers'> : never) : never

function measure(bench: Bench, row: Row, asked: Asked, pick: (seen: LoadSeen) => number | undefined): Measured {
  const toContender = (address: Address | null): Contender | null =>
    address && { run: () => pick(drive(bench, { ...addressOf(address), ...asked } as Load)) ?? Number.NaN }
  const contenders = Object.fromEntries(names.map((name) => [name, toContender(row[name])])) as Record<Name, Contender | null>
  return interleave(contenders, bench.rounds(ROUNDS))
}

function addressOf({ port, headers }: Address): Address {
  return { port, headers }
}

function drive({ node }: Bench, load: Load): LoadSeen {
  const words = ['-c', String(LOAD_CORE), node, program('drive-load.ts'), JSON.stringify(load)]
  return JSON.parse(execFileSync('taskset', words, { encoding: 'utf8' })) as LoadSeen
}

function program(name: string): string {
  return fileURLToPath(new URL(`router/${name}`, import.meta.url))
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
