import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, BenchCase, Figure } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { blackbox } from './peers.ts'
import { summarize } from './summarize.ts'

const programs = {
  answer: new URL('../../apps/daemon/test/answer-probes.ts', import.meta.url),
  hold: new URL('../../apps/daemon/test/hold-schedule.ts', import.meta.url),
  measure: new URL('../../packages/probes/test/measure-probes.ts', import.meta.url),
  drive: new URL('drive-blackbox.ts', import.meta.url),
}

const COUNT = 2000
const AT_ONCE = 16
const PROBES = 1000
const PERIOD_S = 10
const PERIODS = 3

/**
 * Probes over HTTP, each on a fresh connection, in our own process and through prometheus-blackbox-exporter, which a scraper asks over
 * kept connections. Besides, whether a thousand probes hold the pace of ten seconds, and how much memory grows meanwhile.
 */
export const probes: BenchCase = {
  id: 'probes',
  title: `${COUNT} probes over HTTP, a fresh connection each; ${PROBES} probes every ${PERIOD_S} s`,
  guards: ['packages/probes/src/*', 'apps/daemon/src/probe-tracks.ts', 'apps/daemon/src/watch-haus.ts', 'tools/bench/probes.ts'],
  peers: [blackbox],
  async measure(bench) {
    const started: ChildProcess[] = []
    try {
      const port = await startServer(bench, started)
      const exporter = bench.missing.has(blackbox.program) ? null : await startExporter(bench, started)
      const ours = (): number => Number(run(bench, programs.measure, [port, COUNT, AT_ONCE]))
      const theirs = (): number => Number(run(bench, programs.drive, [exporter ?? 0, port, COUNT, AT_ONCE]))
      const measured = interleave({ ours: { run: ours }, theirs: exporter === null ? null : { run: theirs } }, bench.rounds(7))
      return [toSpeed(measured.ours, measured.theirs), ...holdSchedule(bench, port)]
    } finally {
      for (const child of started) child.kill('SIGKILL')
    }
  },
}

function toSpeed(ours: readonly number[], theirs: readonly number[]): Figure {
  return {
    what: `${COUNT} probes, ${AT_ONCE} at once`,
    command: 'observe() of @sanctum/probes/node',
    unit: 'ms',
    ours: summarize(ours),
    bound:
      theirs.length === 0
        ? { kind: 'peer-missing', peer: blackbox.debian }
        : { kind: 'faster', least: 2.5, than: 'prometheus-blackbox-exporter', theirs: summarize(theirs) },
  }
}

/** A look may start late by a cycle; half a second is a twentieth of the period. */
const LATE_MS = 500

function holdSchedule(bench: Bench, port: number): Figure[] {
  const runs = Array.from({ length: Math.min(3, bench.rounds(3)) }, () => {
    const text = run(bench, programs.hold, [port, PROBES, PERIOD_S, PERIODS])
    const held = JSON.parse(text) as Record<'drift_p99_ms' | 'grown_mb' | 'fewest' | 'other', number>
    // Between looks that were not made nothing is off.
    if (held.other > 0 || held.fewest < PERIODS - 1) throw new Error(`not every probe was made and passed in every period: ${text}`)
    return held
  })
  const command = 'the looks of sanctumd watchdog'
  return [
    {
      what: `${PROBES} probes every ${PERIOD_S} s: from start to start, off by (99 of 100)`,
      command,
      unit: 'ms',
      ours: summarize(runs.map((held) => held.drift_p99_ms)),
      bound: { kind: 'limit', most: LATE_MS },
    },
    {
      what: 'growth meanwhile',
      command,
      unit: 'MB',
      ours: summarize(runs.map((held) => held.grown_mb)),
      bound: { kind: 'limit', most: 100 },
    },
  ]
}

function run({ node }: Bench, program: URL, args: readonly number[]): string {
  return execFileSync(node, ['--expose-gc', '--conditions=@sanctum/source', fileURLToPath(program), ...args.map(String)], {
    encoding: 'utf8',
  })
}

async function startServer({ node }: Bench, started: ChildProcess[]): Promise<number> {
  const server = spawn(node, [fileURLToPath(programs.answer)], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(server)
  const [port] = await once(server.stdout, 'data')
  return Number(String(port))
}

async function startExporter({ folder }: Bench, started: ChildProcess[]): Promise<number> {
  const config = join(folder, 'blackbox.yml')
  writeFileSync(config, 'modules: { plain: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4 } } }\n')
  const port = await findPort()
  const options = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error']
  started.push(spawn(blackbox.program, options, { stdio: 'ignore' }))
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/-/healthy`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return port
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${blackbox.program} does not answer on port ${port}`)
}

async function findPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
