import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installOutside } from '../../install-outside.ts'
import type { Bench } from '../bench-case.ts'
import { haproxy } from '../peers.ts'

/** Something that stands before model servers and answers on a port. */
export interface Gateway {
  readonly port: number
  readonly pid: number
  /** What each request to it must carry. */
  readonly headers: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Ports of the model servers behind it. */
export interface Upstreams {
  readonly primary: number
  readonly fallback: number
}

const PROXY_CORE = 0
/** Of whatever asks and answers: all but the one who is measured. */
export const LOAD_CORE = 1

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const daemonOf = (root: string) => join(root, 'apps/cli/dist/sanctumd.js')
const portkeyFolder = here('portkey/')

/** The programs as the suites of speed and of faults start them, for the header of both. */
export function describeGateways({ root }: Pick<Bench, 'root'>): readonly string[] {
  const pinned = `taskset -c ${PROXY_CORE}`
  return [
    `router: ${pinned} node ${relative(root, daemonOf(root))} router --config FILE --home HOME --port PORT`,
    `router peer: ${pinned} haproxy -f tools/bench/router/haproxy.cfg`,
    `router peer: ${pinned} node --import loopback-only.ts @portkey-ai/gateway ${portkeyVersion()} --headless`,
  ]
}

export function portkeyVersion(): string {
  return JSON.parse(readFileSync(join(portkeyFolder, 'package.json'), 'utf8')).dependencies['@portkey-ai/gateway']
}

/** Our own router, with a home of its own and one route. `rest`: more lines of its backend. */
export async function startOurs(bench: Bench, { primary, fallback }: Upstreams, rest: readonly string[] = []): Promise<Gateway> {
  const config = `default: models
backends:
  models:
    url: http://127.0.0.1:${primary}/v1
    fallback_urls: [{ url: 'http://127.0.0.1:${fallback}/v1', model: fallback }]
    locality: local
    models: ['*']
${rest.map((line) => `    ${line}\n`).join('')}`
  const port = await freePort()
  const file = join(bench.folder, `router-${port}.yaml`)
  writeFileSync(file, config)
  // Only in a home that is there does it keep the token of its admin API.
  mkdirSync(homeOf(bench, port))
  const words = [daemonOf(bench.root), 'router', '--config', file, '--home', homeOf(bench, port), '--port', String(port)]
  return startPinned([bench.node, ...words], { port, env: { NODE_ENV: 'production' } })
}

export function homeOf({ folder }: Pick<Bench, 'folder'>, port: number): string {
  return join(folder, `router-${port}`)
}

/** The least that a router in Node could be. */
export async function startPassThrough(bench: Bench, { primary }: Pick<Upstreams, 'primary'>): Promise<Gateway> {
  const port = await freePort()
  return startPinned([bench.node, here('pass-through.js'), String(primary), String(port)], { port })
}

/** Null where it is not installed. */
export async function startHaproxy(bench: Bench, { primary, fallback }: Upstreams): Promise<Gateway | null> {
  if (bench.missing.has(haproxy.program)) return null
  const port = await freePort()
  const env = { BENCH_PORT: String(port), BENCH_PRIMARY: String(primary), BENCH_FALLBACK: String(fallback) }
  return startPinned([haproxy.program, '-f', here('haproxy.cfg')], { port, env })
}

/** Null where it cannot be installed. Its targets travel with each request. */
export async function startPortkey(bench: Bench): Promise<Omit<Gateway, 'headers'> | null> {
  const program = join(portkeyFolder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  try {
    installOutside(portkeyFolder)
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`)
  }
  if (!existsSync(program)) return null
  const port = await freePort()
  const words = ['--import', here('portkey/loopback-only.ts'), program, `--port=${port}`, '--headless']
  return startPinned([bench.node, ...words], { port, env: { NODE_ENV: 'production' } })
}

/** The header by which Portkey is told where to ask; the base addresses with their version path. */
export function toPortkeyHeaders(
  primaryUrl: string,
  fallbackUrl: string,
  fallbackModel: string | null = null,
): Readonly<Record<string, string>> {
  const target = { provider: 'openai', request_timeout: 5000 }
  const retry = { attempts: 1, on_status_codes: [429, 500, 502, 503, 504], use_retry_after_header: true }
  const targets = [
    { ...target, api_key: 'primary', custom_host: primaryUrl, retry },
    {
      ...{ ...target, api_key: 'fallback', custom_host: fallbackUrl },
      ...(fallbackModel === null ? {} : { override_params: { model: fallbackModel } }),
    },
  ]
  return { 'x-portkey-config': JSON.stringify({ strategy: { mode: 'fallback' }, targets }) }
}

interface Pinned {
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
}

async function startPinned(words: readonly string[], { port, env = {} }: Pinned): Promise<Gateway> {
  const child = spawn('taskset', ['-c', String(PROXY_CORE), ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv,
  })
  const said: string[] = []
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  try {
    await untilListening(child, port)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${words.join(' ')}: ${(error as Error).message}: ${said.join('').slice(-1000)}`)
  }
  return { port, pid: child.pid as number, headers: {}, stop: () => stop(child) }
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 30_000
  while (child.exitCode === null && performance.now() < deadline) {
    const answers = await fetch(`http://127.0.0.1:${port}/`).then(
      async (response) => {
        await response.body?.cancel()
        return true
      },
      () => false,
    )
    if (answers) return
    await pause(50)
  }
  throw new Error(child.exitCode === null ? 'it does not answer' : `it ended with ${child.exitCode}`)
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([gone, pause(2000, undefined, { ref: false })])
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await gone
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
