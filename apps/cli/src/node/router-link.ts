import { spawn } from 'node:child_process'
import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { closeSync, existsSync, lstatSync, openSync, readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { networkInterfaces, tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { ConnectionOptions } from 'node:tls'
import { roleHealth } from '@sanctum/contracts'
import { apiTokenFile } from '@sanctum/local-api'
import type { RouterLine, RouterPlace, RouterPort } from '../ports.ts'
import { judgeTokenPlace, NOBODY } from '../router/judge-token-place.ts'
import { isLoopback } from '../router/router-place.ts'

export interface RouterLinkOptions {
  readonly home: string
  readonly node: string
  readonly sanctumd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whom to trust by these certificates; loaded only where there are any. */
  readonly trusting: (ca: string | null) => Promise<ConnectionOptions>
}

/** The router as a process of its own: one that runs already is asked, or one is started and goes with this process. */
export function createRouterLink({ home, node, sanctumd, environment, trusting }: RouterLinkOptions): RouterPort {
  const ask: Ask = async (place, asked, how) => await askWith(place.tls === null ? null : await trusting(place.tls.ca), place, asked, how)
  const tokenFile = apiTokenFile({
    home,
    isHomeThere: existsSync(home),
    runtimeFolder: environment['XDG_RUNTIME_DIR'] || tmpdir(),
    uid: process.getuid?.() ?? 0,
  })
  return {
    ask: async (place, asked, longestMs) => {
      // Over loopback whoever is there may read, and at its other addresses whether the router is well.
      if (!asked.path.startsWith('/admin/') && (isLoopback(place.host) || asked.path === '/health'))
        return await ask(place, asked, { longestMs, token: null })
      const addresses = await resolve(place.host)
      const why = await findStranger(ask, { place, addresses }, longestMs)
      return why === null ? await ask(place, asked, { longestMs, token: readToken(tokenFile), addresses }) : { kind: 'silent', why }
    },
    start(words, signal) {
      const child = spawn(node, [sanctumd, 'router', '--home', home, '--attached', ...words], {
        // Its standard input ends with this process, however that ends.
        stdio: ['pipe', 'pipe', 'pipe'],
        env: environment as NodeJS.ProcessEnv,
      })
      const ended = new Promise<number | null>((resolve) => {
        child.on('error', () => resolve(null))
        child.on('close', (code) => resolve(code))
      })
      child.stderr.resume()
      if (signal.aborted) child.kill('SIGTERM')
      signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
      let isServing = false
      const onLine = ({ event }: RouterLine): void => {
        isServing ||= event === 'router-started'
      }
      const unhook = onHangup(
        () => child.kill(isServing ? 'SIGHUP' : 'SIGTERM'),
        () => child.kill('SIGTERM'),
      )
      void ended.then(unhook)
      return { lines: readLines(createInterface({ input: child.stdout }), onLine), ended, end: () => void child.kill('SIGTERM') }
    },
  }
}

/** SIGHUP is sent by who wants a definition read again, and by a terminal that goes away. Returns what ends the listening. */
function onHangup(reload: () => void, leave: () => void): () => void {
  const hadTerminal = hasTerminal()
  const handle = (): void => (hadTerminal && !hasTerminal() ? leave() : reload())
  process.on('SIGHUP', handle)
  return () => void process.off('SIGHUP', handle)
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

async function* readLines(lines: AsyncIterable<string>, onLine: (line: RouterLine) => void): AsyncGenerator<RouterLine> {
  for await (const text of lines) {
    const line = parseLine(text)
    // Else it is no entry of the log, so it is nothing for a person.
    if (line === null) continue
    onLine(line)
    yield line
  }
}

function parseLine(text: string): RouterLine | null {
  try {
    return JSON.parse(text) as RouterLine
  } catch {
    return null
  }
}

/** None where others could have read it or laid it there. */
function readToken(path: string): string | null {
  try {
    return isPrivate(dirname(path)) && isPrivate(path) ? readFileSync(path, 'utf8').trim() : null
  } catch {
    return null
  }
}

function isPrivate(path: string): boolean {
  const { uid, mode } = lstatSync(path)
  return uid === process.getuid?.() && (mode & 0o077) === 0
}

/** Any program may have taken the port of a router that is down: the token of the haus is shown only to a router of this machine. Null: it is one. */
async function findStranger(
  ask: Ask,
  { place, addresses }: { readonly place: RouterPlace; readonly addresses: readonly LookupAddress[] },
  longestMs: number,
): Promise<string | null> {
  const why = judgeTokenPlace({
    addresses: addresses.map(({ address }) => address),
    port: place.port,
    isSecure: place.tls !== null,
    own: Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
    tables: { tcp: readTable('/proc/net/tcp'), tcp6: readTable('/proc/net/tcp6') },
    uid: process.getuid?.(),
  })
  if (why !== null && why !== NOBODY) return why
  if (place.tls !== null) return null
  const answer = await ask(place, { method: 'GET', path: '/health' }, { longestMs, token: null, addresses })
  if (answer.kind === 'silent') return answer.why
  return why ?? (isRouter(answer.body) ? null : 'who answers there is no router of Sanctum')
}

async function resolve(host: string): Promise<readonly LookupAddress[]> {
  return await lookup(host, { all: true }).catch(() => [])
}

function isRouter(body: string): boolean {
  try {
    return roleHealth.safeParse(JSON.parse(body)).data?.role === 'router'
  } catch {
    return false
  }
}

/** Empty where the system has no such table. */
function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const MAX_BODY_BYTES = 4 * 1024 * 1024

interface AskedHow {
  readonly longestMs: number
  readonly token: string | null
  /** Those that were judged: a name is not resolved anew, or it could lead elsewhere by then. */
  readonly addresses?: readonly LookupAddress[]
}

type Ask = (place: RouterPlace, asked: Parameters<RouterPort['ask']>[1], how: AskedHow) => ReturnType<RouterPort['ask']>

const askWith = (
  trust: ConnectionOptions | null,
  { host, port }: RouterPlace,
  { method, path, body }: Parameters<RouterPort['ask']>[1],
  { longestMs, token, addresses }: AskedHow,
): ReturnType<RouterPort['ask']> =>
  new Promise((resolve) => {
    const text = body === undefined ? null : JSON.stringify(body)
    const asking = (trust === null ? requestHttp : requestHttps)({
      ...trust,
      host,
      port,
      path,
      method,
      agent: false,
      ...(addresses === undefined ? {} : { lookup: (_, __, done) => done(null, [...addresses]), autoSelectFamily: true }),
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    })
    const timer = setTimeout(
      () => settle({ kind: 'silent', why: `no whole answer came within ${longestMs} ms`, hangs: isTaken }),
      longestMs,
    )
    const settle = (answer: Awaited<ReturnType<RouterPort['ask']>>): void => {
      clearTimeout(timer)
      resolve(answer)
      asking.destroy()
    }
    const brokeOff = () => settle({ kind: 'silent', why: 'the answer broke off' })
    let isTaken = false
    asking.on('socket', (socket) =>
      socket.once('connect', () => {
        isTaken = true
      }),
    )
    asking.on('error', (error: NodeJS.ErrnoException) =>
      settle({ kind: 'silent', why: error.code === 'ECONNREFUSED' ? 'nobody listens there' : error.message }),
    )
    asking.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('error', brokeOff)
      response.on('close', brokeOff)
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_BODY_BYTES) settle({ kind: 'silent', why: 'it answers more than a router would' })
        else chunks.push(chunk)
      })
      response.on('end', () => settle({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }))
    })
    asking.end(text ?? undefined)
  })
