import { spawn } from 'node:child_process'
import { closeSync, existsSync, lstatSync, openSync, readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { ConnectionOptions } from 'node:tls'
import { roleHealth } from '@sanctum/contracts'
import { apiTokenFile } from '@sanctum/local-api'
import type { RouterLine, RouterPlace, RouterPort } from '../ports.ts'
import { findListenerUid } from '../router/find-listener-uid.ts'
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
      // Over loopback whoever is there may read; at any other address the router wants to see who we are.
      if (isLoopback(place.host) && !asked.path.startsWith('/admin/')) return await ask(place, asked, { longestMs, token: null })
      const why = await findStranger(ask, place, longestMs)
      return why === null ? await ask(place, asked, { longestMs, token: readToken(tokenFile) }) : { kind: 'silent', why }
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

/**
 * Any program may have taken the port of a router that is down: the token of the haus is shown only to a router. Null: it is one. Who has a
 * certificate that is trusted has shown who he is.
 */
async function findStranger(ask: Ask, { host, port, tls }: RouterPlace, longestMs: number): Promise<string | null> {
  if (tls !== null) return null
  if (!isLoopback(host)) return 'a token is not sent by plain http to another address than loopback'
  const owner = findListenerUid(readTable('/proc/net/tcp'), readTable('/proc/net/tcp6'), port)
  if (owner !== null && owner !== 0 && owner !== process.getuid?.()) return `another user (uid ${owner}) listens there`
  const answer = await ask({ host, port, tls }, { method: 'GET', path: '/health' }, { longestMs, token: null })
  if (answer.kind === 'silent') return answer.why
  return isRouter(answer.body) ? null : 'who answers there is no router of Sanctum'
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

type Ask = (
  place: RouterPlace,
  asked: Parameters<RouterPort['ask']>[1],
  how: { readonly longestMs: number; readonly token: string | null },
) => ReturnType<RouterPort['ask']>

const askWith = (
  trust: ConnectionOptions | null,
  { host, port }: RouterPlace,
  { method, path, body }: Parameters<RouterPort['ask']>[1],
  { longestMs, token }: { readonly longestMs: number; readonly token: string | null },
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
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    })
    const timer = setTimeout(() => settle({ kind: 'silent', why: `no whole answer came within ${longestMs} ms` }), longestMs)
    const settle = (answer: Awaited<ReturnType<RouterPort['ask']>>): void => {
      clearTimeout(timer)
      resolve(answer)
      asking.destroy()
    }
    const brokeOff = () => settle({ kind: 'silent', why: 'the answer broke off' })
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
