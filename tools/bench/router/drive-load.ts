import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'

/** What shall be asked of a router, and how; the program takes it as JSON in its argument and prints a `LoadSeen` as JSON. */
export type Load = {
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
} & (
  | { readonly kind: 'rate'; readonly connections: number; readonly seconds: number }
  /** One stream after the other. Where `warmPort` is given, some are asked there first, so that the first that counts finds warm code. */
  | { readonly kind: 'first-token'; readonly streams: number; readonly warmPort?: number }
  /** One stream whose frames come as fast as they can be written. */
  | { readonly kind: 'frames'; readonly frames: number }
  /** Streams at once, a frame of each every so many ms; `pid` is the process that is watched meanwhile. */
  | { readonly kind: 'paced'; readonly streams: number; readonly frames: number; readonly gapMs: number; readonly pid: number }
)

export interface LoadSeen {
  readonly perSecond?: number
  readonly p50Us?: number
  readonly firstTokenMs?: number
  readonly frameUs?: number
  readonly lostFrames?: number
  readonly peakMb?: number
}

async function drive(load: Load): Promise<LoadSeen> {
  switch (load.kind) {
    case 'rate':
      return driveRate(load)
    case 'first-token':
      return driveFirstTokens(load)
    case 'frames': {
      const { firstMs, lastMs, frames } = await readStream(load, { frames: load.frames, gapMs: 0 }, new Agent())
      if (frames !== load.frames) throw new Error(`${frames} of ${load.frames} frames came`)
      return { frameUs: ((lastMs - firstMs) * 1000) / frames }
    }
    case 'paced':
      return drivePaced(load)
  }
}

type LoadOf<Kind> = Extract<Load, { kind: Kind }>

async function driveRate({ port, headers, connections, seconds }: LoadOf<'rate'>): Promise<LoadSeen> {
  const asked = Buffer.from(toRequest(port, headers))
  const until = performance.now() + seconds * 1000
  const took: number[] = []
  const begun = performance.now()
  await Promise.all(Array.from({ length: connections }, () => keepAsking(port, { asked, until, took })))
  const elapsed = (performance.now() - begun) / 1000
  return { perSecond: took.length / elapsed, p50Us: median(took) * 1000 }
}

interface Asking {
  readonly asked: Buffer
  readonly until: number
  readonly took: number[]
}

/** By hand, like the upstream: a client of Node's own would be the slowest in the row. */
function keepAsking(port: number, { asked, until, took }: Asking): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let rest = ''
    let begun = 0
    const ask = () => {
      begun = performance.now()
      socket.write(asked)
    }
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed under load')))
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1')
      if (!isWhole(rest)) return
      const now = performance.now()
      took.push(now - begun)
      if (!rest.startsWith('HTTP/1.1 200')) return reject(new Error(`an answer was ${rest.slice(0, 300)}`))
      rest = ''
      if (now < until) return ask()
      socket.removeAllListeners('close')
      socket.destroy()
      resolve()
    })
  })
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return false
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1]
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= head + 4 + Number(length)
}

const toBody = (stream: boolean, content: string) => JSON.stringify({ model: 'house', stream, messages: [{ role: 'user', content }] })

function toRequest(port: number, headers: Readonly<Record<string, string>>): string {
  const body = toBody(false, 'Is the kettle on?')
  const all = { host: `127.0.0.1:${port}`, 'content-type': 'application/json', 'content-length': String(body.length), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /v1/chat/completions HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

async function driveFirstTokens(load: LoadOf<'first-token'>): Promise<LoadSeen> {
  const agent = new Agent({ keepAlive: true })
  const took: number[] = []
  if (load.warmPort !== undefined)
    for (let index = 0; index < 50; index++) await readStream({ ...load, port: load.warmPort }, { frames: 2, gapMs: 0 }, agent)
  for (let index = 0; index < load.streams; index++) took.push((await readStream(load, { frames: 2, gapMs: 0 }, agent)).firstMs)
  agent.destroy()
  return { firstTokenMs: median(took.slice(Math.floor(took.length / 10))) }
}

async function drivePaced(load: LoadOf<'paced'>): Promise<LoadSeen> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.streams })
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(load.pid))
  }, 50)
  const read = await Promise.all(Array.from({ length: load.streams }, () => readStream(load, load, agent)))
  clearInterval(watch)
  agent.destroy()
  return {
    firstTokenMs: median(read.map(({ firstMs }) => firstMs)),
    lostFrames: load.streams * load.frames - read.reduce((sum, { frames }) => sum + frames, 0),
    peakMb,
  }
}

interface StreamSeen {
  /** In ms from when it was asked; of frames with content alone. */
  readonly firstMs: number
  readonly lastMs: number
  readonly frames: number
}

function readStream(
  { port, headers }: Load,
  { frames, gapMs }: { readonly frames: number; readonly gapMs: number },
  agent: Agent,
): Promise<StreamSeen> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const body = toBody(true, `frames=${frames}${gapMs > 0 ? ` gap=${gapMs}` : ''} please`)
    const options = { port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', agent }
    const asked = request(
      { ...options, headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers } },
      (response) => {
        let [firstMs, lastMs, seen, rest] = [0, 0, 0, '']
        response.setEncoding('latin1')
        response.on('data', (chunk: string) => {
          const text = rest + chunk
          const cut = text.lastIndexOf('\n\n')
          if (cut === -1) {
            rest = text
            return
          }
          rest = text.slice(cut)
          const count = countWords(text.slice(0, cut))
          if (count === 0) return
          lastMs = performance.now() - begun
          if (seen === 0) firstMs = lastMs
          seen += count
        })
        response.on('error', reject)
        response.on('end', () =>
          response.statusCode === 200
            ? resolve({ firstMs, lastMs, frames: seen })
            : reject(new Error(`status ${response.statusCode}: ${rest}`)),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

function countWords(text: string): number {
  let count = 0
  for (let at = text.indexOf('kettle'); at !== -1; at = text.indexOf('kettle', at + 1)) count += 1
  return count
}

/** Of the process and of those that it started. */
function residentMb(pid: number): number {
  const kb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  const tasks = readdirSync(`/proc/${pid}/task`)
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return kb / 1024 + children.reduce((sum, child) => sum + residentMb(child), 0)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

console.log(JSON.stringify(await drive(JSON.parse(process.argv[2] ?? '') as Load)))
