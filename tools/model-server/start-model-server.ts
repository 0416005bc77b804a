import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { installOutside } from '../install-outside.ts'
import type { ServerSeen } from './serve-model.ts'

export interface ModelServer {
  readonly port: number
  seen(): Promise<ServerSeen>
  /** With SIGKILL: no goodbye to anybody. Resolves when it is gone. */
  kill(): Promise<void>
}

export interface ModelServerOptions {
  /** 0 for any that is free. */
  readonly port?: number
  readonly coldMs?: number
  /** Between two words of a stream. */
  readonly paceMs?: number
  /** Loads for the first who asks, and not at its start. */
  readonly lazy?: boolean
  readonly model?: string
}

/** Why it cannot run here, or null. Its program is locked for one platform only. */
export const noModelServer = process.platform === 'linux' && process.arch === 'x64' ? null : 'llama.cpp is locked for Linux on x86-64 only'

/** Starts the real model server, installed by then, and returns when it listens; it may still be loading. */
export async function startModelServer({
  port = 0,
  coldMs = 0,
  paceMs = 0,
  lazy = false,
  model = 'reciting',
}: ModelServerOptions = {}): Promise<ModelServer> {
  installOutside(fileURLToPath(new URL('.', import.meta.url)))
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('serve-model.ts', import.meta.url)),
      ...['--port', String(port), '--cold-ms', String(coldMs), '--pace-ms', String(paceMs), '--model', model],
      ...(lazy ? ['--lazy'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const bound = await readPort(child)
  return {
    port: bound,
    seen: async () => (await (await fetch(`http://127.0.0.1:${bound}/seen`)).json()) as ServerSeen,
    kill: () => kill(child),
  }
}

async function readPort(child: ChildProcess): Promise<number> {
  const said: string[] = []
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  const first = await Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data').then(([chunk]) => Number(String(chunk))),
    once(child, 'exit').then(() => null),
  ])
  if (first === null) throw new Error(`the model server ended before it listened: ${said.join('')}`)
  return first
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
