import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, BenchCase, Figure } from './bench-case.ts'
import { interleave } from './interleave.ts'
import { monit, s6, supervisor } from './peers.ts'
import { summarize } from './summarize.ts'
import { timeProgram } from './time-program.ts'

/** How often a person wants a hung service to be looked at; monit gets the same. */
const PERIOD_S = 3
const KILLS = 9
const HANGS = 3
/** A supervisor that restarts at once wants a service to have lived for a moment, else it takes it for one that crashes at its start. */
const CALM_MS = 1500
/** For how long one that hangs is watched, where nobody mends it. */
const LONGEST_HANG_MS = 20 * PERIOD_S * 1000
/** Between two hangs, as in a haus where that is seldom: what fails again and again is taken for flapping, of which more proof is asked. */
const STEADY_MS = 10 * PERIOD_S * 1000

/**
 * How long nobody answers after a process is killed, and after one is stopped by a signal, by the clock of a program outside. Each
 * supervisor keeps the same small server; the floor is the time that this server needs to start at all.
 */
export const recovery: BenchCase = {
  id: 'recovery',
  title: 'a killed and a hung service, from outside',
  guards: ['apps/daemon/src/*', 'packages/supervisor/src/*', 'packages/probes/src/*', 'tools/bench/recovery.ts'],
  peers: [supervisor, s6, monit],
  async measure(bench) {
    const server = writeServer(bench)
    const keepers = await Promise.all([
      keepBySanctum(bench, server),
      keepBySupervisor(bench, server),
      keepByS6(bench, server),
      keepByMonit(bench, server),
    ])
    const [ours, supervisord, s6supervise, monitor] = keepers
    try {
      for (const keeper of keepers) if (keeper !== null) await untilAnswer(keeper.port)
      const port = await freePort()
      const kill = (keeper: Keeper | null) => keeper && { before: () => wait(CALM_MS), run: () => observe(bench, keeper.port, 'SIGKILL') }
      const measured = interleave(
        {
          bare: { run: () => observeStart(bench, server, port) },
          ours: kill(ours),
          supervisord: kill(supervisord),
          s6: kill(s6supervise),
          monit: kill(monitor),
        },
        bench.rounds(KILLS),
      )
      // Once, and beside ours, since it is not expected to come back: nearly all of that minute is waiting.
      const monitHang = monitor === null ? null : observeMeanwhile(bench, monitor.port, 'SIGSTOP', LONGEST_HANG_MS)
      const hangs = interleave(
        { ours: ours && { before: () => wait(STEADY_MS), run: () => observe(bench, ours.hangPort, 'SIGSTOP') } },
        bench.rounds(HANGS),
      )
      return [...toKillFigures(measured), ...toHangFigures(hangs.ours, await monitHang)]
    } finally {
      for (const keeper of keepers) await keeper?.stop()
    }
  },
}

interface Keeper {
  readonly port: number
  stop(): Promise<void>
}

interface Server {
  /** Words that start it on a port. */
  readonly command: (port: number) => [string, ...string[]]
}

/** It answers every request with its pid. */
function writeServer({ folder, node }: Bench): Server {
  const path = join(folder, 'server.cjs')
  writeFileSync(
    path,
    "require('node:http').createServer((q, s) => s.end(String(process.pid))).listen(Number(process.argv[2]), '127.0.0.1')\n",
  )
  return { command: (port) => [node, path, String(port)] }
}

function toKillFigures(measured: Readonly<Record<'bare' | 'ours' | 'supervisord' | 's6' | 'monit', readonly number[]>>): Figure[] {
  const figure = {
    what: 'kill -9 until a new process answers',
    command: 'kill -9 PID',
    unit: 'ms',
    ours: summarize(measured.ours),
  } as const
  const peers = ['supervisord', 's6', 'monit'] as const
  return [
    { ...figure, bound: { kind: 'beyond', most: 150, of: 'the bare start of the same server', theirs: summarize(measured.bare) } },
    ...peers.map((peer): Figure => {
      const times = measured[peer]
      return {
        ...figure,
        bound: times.length === 0 ? { kind: 'peer-missing', peer } : { kind: 'times', most: 1, of: peer, theirs: summarize(times) },
      }
    }),
  ]
}

/** monit with the stop program that its manual shows: it asks a stopped process to end, which never hears of it. */
function toHangFigures(measured: readonly number[], monitMs: number | null): Figure[] {
  const figure = {
    what: `kill -STOP until a new process answers, probed every ${PERIOD_S} s`,
    command: 'kill -STOP PID',
    unit: 'ms',
    ours: summarize(measured),
  } as const
  const never = `monit (watched for ${LONGEST_HANG_MS / 1000} s)`
  return [
    { ...figure, bound: { kind: 'limit', most: 2 * PERIOD_S * 1000 } },
    {
      ...figure,
      bound:
        monitMs === null ? { kind: 'peer-missing', peer: 'monit' } : { kind: 'times', most: 1, of: never, theirs: summarize([monitMs]) },
    },
  ]
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** The observer is a program of its own, so that neither we nor the one who is observed has a hand on its clock. */
const observer = `
const http = require('node:http'), { spawn } = require('node:child_process')
const [port, longest, signal, ...command] = process.argv.slice(1)
const ask = () => new Promise((done) => {
  const asking = http.get({ host: '127.0.0.1', port, agent: false, timeout: 250 }, (answer) => {
    let text = ''
    answer.on('data', (chunk) => { text += chunk })
    answer.on('end', () => done(text))
    answer.on('error', () => done(null))
  })
  asking.on('timeout', () => asking.destroy())
  asking.on('error', () => done(null))
})
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
;(async () => {
  const old = signal === 'start' ? null : await ask()
  if (signal !== 'start' && old === null) throw new Error('nobody answers at the port to begin with')
  const begun = performance.now()
  const child = signal === 'start' ? spawn(command[0], command.slice(1), { stdio: 'ignore' }) : null
  if (child === null) process.kill(Number(old), signal)
  for (;;) {
    const text = await ask()
    if (text !== null && text !== old) break
    if (performance.now() - begun > Number(longest)) {
      if (signal !== 'SIGSTOP') throw new Error('no other process answered in its time')
      break
    }
    await pause(2)
  }
  process.stdout.write(String(performance.now() - begun))
  child?.kill('SIGKILL')
})().catch((error) => { process.stderr.write(error.message); process.exitCode = 1 })
`

/** Until another process answers, in ms. A hang that nobody mends ends at the longest time, which is then what was measured. */
function observe(
  { node }: Bench,
  port: number,
  signal: NodeJS.Signals | 'start',
  command: readonly string[] = [],
  longestMs = 60_000,
): number {
  const words = ['-e', observer, '--', String(port), String(longestMs), signal, ...command]
  const { stdout, stderr, status } = spawnSync(node, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${signal} at port ${port}: ${stderr}`)
  return Number(stdout)
}

/** The same by an observer that nobody waits for meanwhile. Null: it came to no number, so that there is nothing to compare with. */
function observeMeanwhile({ node }: Bench, port: number, signal: NodeJS.Signals, longestMs: number): Promise<number | null> {
  return new Promise((resolve) =>
    execFile(node, ['-e', observer, '--', String(port), String(longestMs), signal], { encoding: 'utf8' }, (error, stdout) =>
      resolve(error === null ? Number(stdout) : null),
    ),
  )
}

function observeStart(bench: Bench, server: Server, port: number): number {
  return observe(bench, port, 'start', server.command(port))
}

/** A haus of its own: the roles of the starter and this one server. */
async function keepBySanctum({ folder, node, cli }: Bench, server: Server): Promise<Keeper & { readonly hangPort: number }> {
  const [port, hangPort, watchdog] = [await freePort(), await freePort(), await freePort()]
  const [home, catalog] = [join(folder, 'haus'), join(folder, 'haus-catalog')]
  for (const path of [home, catalog]) mkdirSync(path, { recursive: true })
  writeFileSync(
    join(catalog, 'catalog.yaml'),
    toCatalog(watchdog, { killed: { port, command: server.command(port) }, hung: { port: hangPort, command: server.command(hangPort) } }),
  )
  writeFileSync(join(catalog, 'instance.yaml'), 'instance: { slug: bench, name: Bench, timezone: UTC }\nnodes: { bench: { type: hub } }\n')
  const env = { HOME: home, SANCTUM_CATALOG: catalog, SANCTUM_NODE: 'bench' }
  timeProgram([node, cli, 'up'], { env })
  return {
    port,
    hangPort,
    stop: async () => {
      timeProgram([node, cli, 'down'], { env })
    },
  }
}

interface Kept {
  readonly port: number
  readonly command: readonly string[]
}

function toCatalog(watchdog: number, servers: Readonly<Record<string, Kept>>): string {
  return `services:
  watchdog:
    kind: daemon
    tier: P0
    run: { command: ['\${host.node}', '\${host.sanctumd}', watchdog, --home, '\${host.sanctum_home}', --port, '${watchdog}'] }
    provides: [{ port: ${watchdog}, name: api, port_lore: Whichever was free. }]
    health:
      readiness: { type: http, path: /health, interval_s: 1, fresh: { path: /last_cycle_age_s, max_age_s: 30 } }
    sandbox: { level: none, waiver: { reason: It keeps the others., owner: bench } }
    settings: { heal_hold_s: 1 }
${Object.entries(servers)
  .map(([id, kept]) => toService(id, kept))
  .join('')}`
}

function toService(id: string, { port, command }: Kept): string {
  return `  ${id}:
    kind: daemon
    tier: P0
    run: { command: ${JSON.stringify(command)} }
    provides: [{ port: ${port}, name: web, port_lore: Whichever was free. }]
    health:
      readiness: { type: http, path: /, interval_s: 1 }
      liveness: { type: http, path: /, timeout_ms: 500, interval_s: ${PERIOD_S} }
    restart: { when: always, delay_s: 1, max_delay_s: 1, limit: { starts: 1000, window_s: 60 } }
    remediation: { actions: [{ name: restart, restart: true, cooldown_s: 0 }], max_restarts: 1000, window_s: 60, cooldown_s: 0 }
    sandbox: { level: none, waiver: { reason: It is measured., owner: bench } }
`
}

async function keepBySupervisor(bench: Bench, server: Server): Promise<Keeper | null> {
  if (bench.missing.has(supervisor.program)) return null
  const port = await freePort()
  const [conf, folder] = [join(bench.folder, 'supervisord.conf'), bench.folder]
  writeFileSync(
    conf,
    `[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${folder}/supervisord.pid\n[program:server]\ncommand=${server.command(port).join(' ')}\nautorestart=true\nstartsecs=0\nstdout_logfile=/dev/null\nstderr_logfile=/dev/null\n`,
  )
  return keep(port, spawn(supervisor.program, ['-c', conf], { stdio: 'ignore' }))
}

async function keepByS6(bench: Bench, server: Server): Promise<Keeper | null> {
  if (bench.missing.has(s6.program)) return null
  const port = await freePort()
  const service = join(bench.folder, 's6/server')
  mkdirSync(service, { recursive: true })
  writeFileSync(join(service, 'run'), `#!/bin/sh\nexec ${server.command(port).join(' ')}\n`)
  chmodSync(join(service, 'run'), 0o755)
  return keep(port, spawn(s6.program, [join(bench.folder, 's6')], { stdio: 'ignore' }))
}

/** Its shortest cycle is a second. */
async function keepByMonit(bench: Bench, server: Server): Promise<Keeper | null> {
  if (bench.missing.has(monit.program)) return null
  const port = await freePort()
  const { folder } = bench
  const [rc, begin, pid] = [join(folder, 'monitrc'), join(folder, 'monit-begin'), join(folder, 'monit-server.pid')]
  writeFileSync(begin, `#!/bin/sh\n${server.command(port).join(' ')} </dev/null >/dev/null 2>&1 &\necho $! > ${pid}\n`)
  chmodSync(begin, 0o755)
  writeFileSync(
    rc,
    `set daemon 1\nset pidfile ${folder}/monit.pid\nset statefile ${folder}/monit.state\nset idfile ${folder}/monit.id\ncheck process server with pidfile ${pid}\n  start program = "${begin}"\n  stop program = "/bin/sh -c 'kill $(cat ${pid})'"\n  if failed host 127.0.0.1 port ${port} protocol http with timeout 1 seconds for ${PERIOD_S} cycles then restart\n`,
  )
  chmodSync(rc, 0o600)
  const keeper = keep(port, spawn(monit.program, ['-I', '-c', rc], { stdio: 'ignore' }))
  return {
    port,
    async stop() {
      await keeper.stop()
      // monit leaves what it started running.
      spawnSync('/bin/sh', ['-c', `kill -9 $(cat ${pid})`])
    },
  }
}

function keep(port: number, child: ChildProcess): Keeper {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await Promise.race([ended, pause(5000)])
      child.kill('SIGKILL')
    },
  }
}

async function untilAnswer(port: number): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
    if (isUp) return
    if (performance.now() > deadline) throw new Error(`nobody answers at port ${port}`)
    await pause(50)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
