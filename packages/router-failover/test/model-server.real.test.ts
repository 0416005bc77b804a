import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isSilentlyCut, losePrimary } from '../../../tools/model-server/lose-primary.ts'
import { noModelServer } from '../../../tools/model-server/start-model-server.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

test('planted: a gateway that goes by connections alone cuts silently, and lets users wait for a primary that is cold', async ({
  skip,
}) => {
  if (noModelServer !== null) skip(noModelServer)
  const seen = await losePrimary({
    startGateway: ({ primary, fallback }) => listen(passOn([primary.port, fallback.port])),
    fallbackColdMs: 500,
    primaryColdMs: 500,
    patienceMs: 10_000,
  })
  expect(seen.cut.filter(isSilentlyCut)).toHaveLength(seen.cut.length)
  expect(seen.onColdPrimary).toBeGreaterThan(0)
})

/** The first of the ports that takes the connection; what comes is passed on until it ends, however it ends. */
function passOn([port, ...rest]: readonly number[]) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    forward([port as number, ...rest], incoming.url ?? '/', Buffer.concat(chunks), response)
  }
}

function forward([port, ...rest]: readonly number[], path: string, body: Buffer, response: ServerResponse): void {
  const asked = request({ port, host: '127.0.0.1', path, method: 'POST', agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] })
    answer.on('data', (chunk) => response.write(chunk))
    answer.on('error', () => {})
    answer.on('close', () => response.end())
  })
  asked.on('error', () => {
    if (rest.length > 0) forward(rest, path, body, response)
  })
  asked.end(body)
}
