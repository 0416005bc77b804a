import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { freePorts } from '@sanctum/testkit/node'

/** Ways in which a service that lives gives no answer. */
export const hangs = {
  stopped: 'its process is stopped by a signal; the kernel still takes connections for it',
  silent: 'it takes the connection and says nothing',
  'headers-only': 'it sends its headers and no body',
  trickle: 'it sends a byte now and then, without an end',
  comments: 'it keeps the connection alive with words that say nothing',
} as const
export type Hang = keyof typeof hangs

/** A service that answers until it is told to hang. */
export interface Stub {
  readonly port: number
  readonly hang: Hang | null
  begin(): void
  close(): void
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n'
const PACE_MS = 60

/** What each hang writes into a connection, and goes on writing. */
const writers: Readonly<Record<Exclude<Hang, 'stopped'>, (socket: Socket) => void>> = {
  silent: () => {},
  'headers-only': (socket) => void socket.write(`${HEAD}content-length: 20\r\n\r\n`),
  trickle: (socket) => keepWriting(socket, `${HEAD}content-length: 100000\r\n\r\n`, 'x'),
  comments: (socket) => keepWriting(socket, `${HEAD}transfer-encoding: chunked\r\n\r\n`, '8\r\n: ping\r\n\r\n'),
}

function keepWriting(socket: Socket, first: string, next: string): void {
  socket.write(first)
  const timer = setInterval(() => socket.write(next), PACE_MS)
  socket.on('close', () => clearInterval(timer))
}

/** Answers after `delayMs`, always; with a hang, until it begins. */
export async function createStub(hang: Hang | null, delayMs: number): Promise<Stub> {
  return hang === 'stopped' ? await createStopped() : await createServing(hang, delayMs)
}

async function createServing(hang: Exclude<Hang, 'stopped'> | null, delayMs: number): Promise<Stub> {
  let isHung = false
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => {
      if (isHung && hang !== null) writers[hang](socket)
      else setTimeout(() => socket.end(`${HEAD}content-length: 2\r\nconnection: close\r\n\r\nok`), delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    hang,
    begin: () => {
      isHung = true
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function createStopped(): Promise<Stub> {
  const [port] = (await freePorts(1)) as [number]
  const source = `require('node:http').createServer((q, s) => s.end('ok')).listen(${port}, '127.0.0.1', () => console.log('up'))`
  const child: ChildProcess = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  return { port, hang: 'stopped', begin: () => child.kill('SIGSTOP'), close: () => child.kill('SIGKILL') }
}
