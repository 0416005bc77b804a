import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CasePlace } from '@sanctum/router-failover'
import type { ExamSubject } from '@sanctum/router-failover/node'

/** A gateway of a few lines that is good or bad in one way. */
type Answer = (call: { place: CasePlace; body: string; response: ServerResponse }) => Promise<void>

/** An exam subject over such a gateway; the case is a header. */
export async function createPlantedGateway(name: string, answer: Answer): Promise<ExamSubject & AsyncDisposable> {
  const places = new Map<string, CasePlace>()
  const server = createServer((call, response) => {
    void readAll(call).then(async (body) => {
      const place = places.get(String(call.headers['x-case'])) as CasePlace
      await answer({ place, body, response }).catch(() => response.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    name,
    version: null,
    address(place) {
      places.set(place.caseId, place)
      return { url: `http://127.0.0.1:${port}/v1/chat/completions`, model: 'any', headers: { 'x-case': place.caseId } }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes everything on, at once, faults too, and hangs up when its client does. */
export const passesOn: Answer = async ({ place, body, response }) => {
  const upstream = await ask(place.urls.primary, body, response)
  forward(upstream, response)
  await ended(upstream, response, 'abort')
}

/** As `passesOn`, but a cut becomes a clean end: half an answer looks whole. */
export const truncatesSilently: Answer = async ({ place, body, response }) => {
  const upstream = await ask(place.urls.primary, body, response)
  forward(upstream, response)
  await ended(upstream, response, 'clean end')
}

/** On a cut it asks the fallback and sends its answer after what was sent already. */
export const replays: Answer = async ({ place, body, response }) => {
  const upstream = await ask(place.urls.primary, body, response)
  response.writeHead(upstream.statusCode ?? 502, { 'content-type': upstream.headers['content-type'] ?? '' })
  upstream.on('data', (data) => response.write(data))
  const isWhole = await new Promise((resolve) => upstream.on('end', () => resolve(true)).on('error', () => resolve(false)))
  if (isWhole) return void response.end()
  const second = await ask(place.urls.fallback, body, response)
  second.pipe(response)
}

/** Asks the primary until it answers, without a pause worth the name and without an end. */
export const retriesForEver: Answer = async ({ place, body, response }) => {
  while (!response.destroyed) {
    const upstream = await ask(place.urls.primary, body, response).catch(() => null)
    if (upstream?.statusCode === 200) {
      forward(upstream, response)
      return await ended(upstream, response, 'abort')
    }
    upstream?.resume()
    await sleep(5)
  }
}

/** Passes on what goes well; of everything else its client never hears. */
export const hangs: Answer = async ({ place, body, response }) => {
  const upstream = await ask(place.urls.primary, body, response).catch(() => null)
  if (upstream?.statusCode !== 200) return
  forward(upstream, response)
  upstream.on('end', () => response.end()).on('error', () => {})
}

/** Sends nothing at all, even where everything is well. */
export const answersNobody: Answer = async ({ response }) => void response.writeHead(502).end()

/** As `passesOn`, but what its client leaves behind runs on. */
export const forgetsToHangUp: Answer = async ({ place, body, response }) => {
  const upstream = await ask(place.urls.primary, body, null)
  forward(upstream, response)
  await ended(upstream, response, 'abort')
}

/** Another server for whatever is not 2xx, refusals of the request too. */
export const fallsOverOnAnything: Answer = async ({ place, body, response }) => {
  const first = await ask(place.urls.primary, body, response).catch(() => null)
  const upstream = first?.statusCode === 200 ? first : await ask(place.urls.fallback, body, response)
  forward(upstream, response)
  await ended(upstream, response, 'abort')
}

function ask(url: string, body: string, follows: ServerResponse | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const call = request(`${url}/chat/completions`, { method: 'POST', agent: false, headers }, resolve).on('error', reject)
    const leave = (): void => void call.destroy()
    follows?.on('close', leave)
    call.on('close', () => follows?.off('close', leave))
    call.end(body)
  })
}

function forward(upstream: IncomingMessage, response: ServerResponse): void {
  response.writeHead(upstream.statusCode ?? 502, { 'content-type': upstream.headers['content-type'] ?? '' })
  response.flushHeaders()
  upstream.on('data', (data) => response.write(data))
}

async function ended(upstream: IncomingMessage, response: ServerResponse, cut: 'abort' | 'clean end'): Promise<void> {
  const end = await new Promise((resolve) => upstream.on('end', () => resolve('clean end')).on('error', () => resolve(cut)))
  if (end === 'clean end') response.end()
  else response.destroy()
}

async function readAll(call: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of call) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
