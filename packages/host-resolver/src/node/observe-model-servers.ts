import { type Listener, type ModelServer, parseJson } from '@sanctum/contracts'
import type { Gathering } from './unread.ts'

/** Ports where installers put model servers; they are asked first. */
const usualPorts = [11434, 1234, 8080, 8081, 8000, 1337]
/** Ports whose listeners speak another language and may take a stray request amiss. */
const otherLanguages = new Set([1883, 2049, 3306, 4222, 5432, 5672, 5900, 6379, 7687, 9092, 27017])
const PORTS_AT_MOST = 64
const AT_ONCE = 8
/** Of the time that is left at the start; a silent port must not use up that of the others. */
const ANSWER_SHARE = 0.35
const ANSWER_BYTES = 1024 * 1024

/** The model servers behind listeners that loopback reaches, found by the endpoints that each really has. */
export async function observeModelServers(listeners: readonly Listener[], gathering: Gathering): Promise<ModelServer[]> {
  const ports = portsWorthAsking(listeners)
  if (ports.length > PORTS_AT_MOST)
    gathering.unread.push({ what: 'model_servers', why: `only ${PORTS_AT_MOST} of ${ports.length} listening ports were asked` })
  const answerMs = gathering.remainingMs() * ANSWER_SHARE
  const queue = ports.slice(0, PORTS_AT_MOST)
  const found: ModelServer[] = []
  const askNext = async (): Promise<void> => {
    for (let port = queue.shift(); port !== undefined && gathering.remainingMs() > 50; port = queue.shift()) {
      const server = await identify(port, Math.ceil(Math.min(answerMs, gathering.remainingMs())))
      if (server) found.push(server)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askNext))
  if (queue.length > 0) gathering.unread.push({ what: 'model_servers', why: `no time was left to ask port ${queue.join(', ')}` })
  return found.sort((a, b) => a.port - b.port)
}

function portsWorthAsking(listeners: readonly Listener[]): number[] {
  const open = listeners.filter(
    ({ protocol, address, port }) => protocol === 'tcp' && isOnLoopback(address) && port >= 1024 && !otherLanguages.has(port),
  )
  const ports = [...new Set(open.map(({ port }) => port))]
  return [...usualPorts.filter((port) => ports.includes(port)), ...ports.filter((port) => !usualPorts.includes(port))]
}

function isOnLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '0.0.0.0' || address === '::' || address === '::1'
}

/** All of them list their models the same way; what else they answer, and how they sign, tells them apart. */
async function identify(port: number, deadlineMs: number): Promise<ModelServer | null> {
  const signal = AbortSignal.timeout(deadlineMs)
  const ask = (path: string): Promise<Answer | null> => askJson(port, path, signal)
  const common = await ask('/v1/models')
  if (common === null) return null
  const models = toIds(common.body, 'data', 'id')
  if (models === null) {
    const ollama = await ask('/api/tags')
    const tags = ollama && toIds(ollama.body, 'models', 'name')
    return tags && { kind: 'ollama', port, models: tags }
  }
  for (const { kind, path, holds } of signatures) {
    const answer = await ask(path)
    if (answer && holds(answer.body))
      return { kind, port, models: kind === 'ollama' ? (toIds(answer.body, 'models', 'name') ?? models) : models }
  }
  return { kind: common.server.startsWith('BaseHTTP') ? 'mlx_lm' : 'openai-compatible', port, models }
}

const signatures: readonly { readonly kind: ModelServer['kind']; readonly path: string; holds(body: unknown): boolean }[] = [
  { kind: 'ollama', path: '/api/tags', holds: (body) => toIds(body, 'models', 'name') !== null },
  { kind: 'lm-studio', path: '/api/v0/models', holds: (body) => toIds(body, 'data', 'id') !== null },
  { kind: 'llama.cpp', path: '/props', holds: (body) => isObject(body) && ('default_generation_settings' in body || 'build_info' in body) },
]

interface Answer {
  readonly body: unknown
  readonly server: string
}

/** Null where nobody answers in time; a body that is no JSON is null. */
async function askJson(port: number, path: string, signal: AbortSignal): Promise<Answer | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal, redirect: 'manual', headers: { accept: 'application/json' } })
    const server = response.headers.get('server') ?? ''
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > ANSWER_BYTES) {
      await response.body?.cancel()
      return { body: null, server }
    }
    return { body: parseJson(await readAtMost(response, ANSWER_BYTES)), server }
  } catch {
    return null
  }
}

async function readAtMost(response: Response, bytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > bytes) return ''
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function toIds(body: unknown, list: string, name: string): string[] | null {
  const entries = isObject(body) ? body[list] : undefined
  // llama-server without a model and Ollama without any answer null where a list is meant.
  if (entries === null) return []
  if (!Array.isArray(entries)) return null
  return entries.flatMap((entry: unknown) => (isObject(entry) && typeof entry[name] === 'string' ? [entry[name]] : [])).sort()
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
