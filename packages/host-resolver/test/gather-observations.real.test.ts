import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { hostObservations, type ModelServer } from '@sanctum/contracts'
import { gatherObservations } from '@sanctum/host-resolver/node'
import { afterEach, describe, expect, it } from 'vitest'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function listen(server: ReturnType<typeof createServer> | Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server that answers these paths as JSON and nothing else. */
function serve(answers: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return ({ url = '' }, response) => {
    const known = Object.hasOwn(answers, url)
    response
      .writeHead(known ? 200 : 404, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(known ? answers[url] : { error: 'no' }))
  }
}

const list = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) })

describe('gatherObservations', () => {
  it('sees who listens, with the owner', async () => {
    const tcp = await listen(createServer())
    const everywhere = await listen(createServer(), '0.0.0.0')
    const udp = createSocket('udp4')
    udp.bind(0, '127.0.0.1')
    await once(udp, 'listening')
    closing.push(() => udp.close())
    const seen = await gatherObservations({ deadlineMs: 20_000 })
    expect(hostObservations.parse(seen)).toEqual(seen)
    const mine = (port: number) => seen.listeners.filter((listener) => listener.port === port)
    expect(mine(tcp)).toEqual([
      {
        process_group: expect.any(Number),
        protocol: 'tcp',
        address: '127.0.0.1',
        port: tcp,
        pid: process.pid,
        program: expect.any(String),
      },
    ])
    expect(mine(everywhere)).toMatchObject([{ address: '0.0.0.0', pid: process.pid }])
    expect(mine(udp.address().port)).toMatchObject([{ protocol: 'udp', pid: process.pid }])
  })

  const servers: readonly { readonly kind: ModelServer['kind']; readonly models: string[]; readonly listener: RequestListener }[] = [
    {
      kind: 'ollama',
      models: ['llama3:8b'],
      listener: serve({
        '/v1/models': list('llama3:8b'),
        '/api/tags': { models: [{ name: 'llama3:8b', size: 1 }] },
        '/api/version': { version: '0.12.0' },
      }),
    },
    { kind: 'ollama', models: ['old:1b'], listener: serve({ '/api/tags': { models: [{ name: 'old:1b' }] } }) },
    {
      kind: 'lm-studio',
      models: ['qwen3'],
      listener: serve({
        '/v1/models': list('qwen3'),
        '/api/v0/models': { object: 'list', data: [{ id: 'qwen3', type: 'llm', state: 'not-loaded' }] },
      }),
    },
    {
      kind: 'llama.cpp',
      models: ['gemma.gguf'],
      listener: serve({
        '/v1/models': list('gemma.gguf'),
        '/props': { default_generation_settings: {}, total_slots: 1, build_info: 'b1' },
        '/health': { status: 'ok' },
      }),
    },
    {
      kind: 'mlx_lm',
      models: ['mlx-community/Qwen'],
      listener: serve({ '/v1/models': list('mlx-community/Qwen') }, { server: 'BaseHTTP/0.6 Python/3.12.3' }),
    },
    { kind: 'openai-compatible', models: [], listener: serve({ '/v1/models': { object: 'list', data: [] } }) },
  ]

  it('knows the model servers by what they answer, and nobody else', async () => {
    const ports = await Promise.all(servers.map(({ listener }) => listen(createHttpServer(listener))))
    const others = await Promise.all([
      listen(createHttpServer(serve({ '/health': { ok: true } }))),
      listen(createHttpServer((_, response) => response.end('<html>/v1/models</html>'))),
      listen(createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'))),
    ])
    const { model_servers } = await gatherObservations({ deadlineMs: 20_000 })
    const found = (port: number) => model_servers.find((server) => server.port === port)
    expect(ports.map(found)).toEqual(servers.map(({ kind, models }, index) => ({ kind, port: ports[index], models })))
    expect(others.map(found)).toEqual([undefined, undefined, undefined])
  })

  it('asks nobody anything where only the listeners are wanted', async () => {
    let asked = 0
    const port = await listen(
      createHttpServer((_, response) => {
        asked += 1
        response.end('{}')
      }),
    )
    const { listeners, model_servers } = await gatherObservations({ modelServers: false })
    expect(listeners.map((listener) => listener.port)).toContain(port)
    expect([asked, model_servers]).toEqual([0, []])
  })

  it('does not wait for one that never answers, and takes no answer without end', async () => {
    const silent = await listen(createServer((socket) => socket.on('error', () => {})))
    const endless = await listen(
      createHttpServer((_, response) => {
        const write = (): void => {
          if (!response.destroyed && !response.writableEnded) response.write('x'.repeat(65_536), () => setImmediate(write))
        }
        response.on('error', () => {})
        write()
      }),
    )
    const before = performance.now()
    const { model_servers, listeners } = await gatherObservations({ deadlineMs: 2000 })
    expect(performance.now() - before).toBeLessThan(4000)
    expect(listeners.map(({ port }) => port)).toEqual(expect.arrayContaining([silent, endless]))
    expect(model_servers.filter(({ port }) => port === silent || port === endless)).toEqual([])
  })
})
