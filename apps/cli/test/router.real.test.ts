import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RouterStatusDocument, routerStatus } from '@sanctum/contracts'
import { createCertificate } from '@sanctum/router-failover/node'
import { freePort } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdPort } from './support/hold-port.ts'
import { type Started, startProgram } from './support/start-program.ts'
import { createTestHaus, type Run, readEnvelope, withoutStrangers } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

/** A model server that knows one sentence, and whose sentence that is; in pieces where it is asked so. */
async function startModel(name: string): Promise<{ readonly url: string; readonly port: number; readonly server: Server }> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    if (request.method === 'GET') return response.end(JSON.stringify({ object: 'list', data: [{ id: `${name}-model` }] }))
    const content = `4, says ${name}`
    const whole = { id: 'a', created: 0, model: name, usage: { completion_tokens: 4 } }
    if (!JSON.parse(body).stream) {
      response.writeHead(200, { 'content-type': 'application/json' })
      const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }
      return response.end(JSON.stringify({ ...whole, object: 'chat.completion', choices: [choice] }))
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const choice = { index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }
    return response.end(`data: ${JSON.stringify({ ...whole, object: 'chat.completion.chunk', choices: [choice] })}\n\ndata: [DONE]\n\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, port, server }
}

let folder: string
let models: Awaited<ReturnType<typeof startModel>>[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sanctum router ü-'))
  models = await Promise.all(['primary', 'fallback'].map(startModel))
})
afterAll(async () => {
  for (const { server } of models) server.close().closeAllConnections()
  await rm(folder, { recursive: true, force: true })
})

const tenLines = (name = 'house') => `# Ten lines are a router.
default: ${name}
backends:
  ${name}:
    description: What answers in this house
    url: ${models[0]?.url}
    default_model: primary-model
    fallback_urls:
      - url: ${models[1]?.url}
    models: ['qwen*']
`

/** Written beside and moved into place, as an editor does it. */
async function writeConfig(text: string): Promise<string> {
  const path = join(folder, 'router.yaml')
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
  return path
}

/** No home, and nothing in HOME: one file is all there is. */
const env = () => ({ HOME: join(folder, 'nobody'), XDG_RUNTIME_DIR: folder })
const run = async (...args: string[]): Promise<Run> => await startProgram(args, { env: env(), timeoutMs: 60_000 }).ended

async function ask(
  port: number,
  model: string,
): Promise<{ readonly status: number; readonly text: string; readonly backend: string | null }> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-made-up' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'What is 2 + 2?' }] }),
  })
  return { status: answer.status, text: await answer.text(), backend: answer.headers.get('x-sanctum-backend') }
}

async function readStatus(port: number): Promise<RouterStatusDocument> {
  return routerStatus.parse(await (await fetch(`http://127.0.0.1:${port}/v1/backends`)).json())
}

describe('ten lines and no home', () => {
  let port: number
  let router: Started

  beforeAll(async () => {
    port = await freePort()
    // Standard input is not even open, as where a service manager starts it.
    const words = ['router', 'serve', '--config', await writeConfig(tenLines()), '--port', String(port)]
    router = startProgram(words, { env: env(), closesStdin: true, timeoutMs: 120_000 })
    await waitUntil(() => router.stderr().includes('Ctrl+C ends it'))
  })

  test('answer, by whatever name and key', async () => {
    expect(await ask(port, 'gpt-4o-mini')).toMatchObject({ status: 200, text: expect.stringContaining('says primary'), backend: 'house/0' })
  })

  test('say how the servers are, what would be asked, and nothing to who has another token', async () => {
    const status = await run('router', 'status', '--port', String(port), '--json')
    expect([status.code, readEnvelope(status).data]).toMatchObject([0, { status: { default_route: 'house' } }])
    const explained = await run('explain', 'qwen3', '--port', String(port))
    expect([explained.code, explained.stdout]).toEqual([0, expect.stringContaining('it matches qwen*')])
    expect((await fetch(`http://127.0.0.1:${port}/admin/explain?model=x`)).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { origin: 'http://evil.example' } })).status).toBe(403)
  })

  test('a bad file is refused with its line, and the last good one stays; the next good one is taken, on SIGHUP too', async () => {
    await writeConfig(tenLines().replace('url: http', 'url: ftp'))
    await waitUntil(async () => (await readStatus(port)).refused !== null)
    expect((await readStatus(port)).refused?.why).toMatch(/router\.yaml:6:\d+: /)
    await waitUntil(() => /router\.yaml:6:\d+/.test(router.stdout()))
    const reload = await run('router', 'reload', '--port', String(port), '--json')
    expect([reload.code, readEnvelope(reload).data]).toMatchObject([65, { outcome: 'refused', written: false }])
    expect((await ask(port, 'any')).backend).toBe('house/0')
    await writeConfig(tenLines('mended'))
    process.kill((await readStatus(port)).pid, 'SIGHUP')
    await waitUntil(async () => (await readStatus(port)).default_route === 'mended')
    expect([(await readStatus(port)).refused, (await ask(port, 'any')).backend]).toEqual([null, 'mended/0'])
  })

  test('promtool takes what is scraped, and notices what is named otherwise', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const check = (input: string) => spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' }).status
    expect(text).toMatch(/sanctum_router_routing_decisions_total\{.*to_backend="mended"/)
    expect([check(text), check(text.replaceAll('_total', 'Count'))]).toEqual([0, 3])
  })

  test('faults are planted beside, and what came of it is as the table says', async () => {
    const drill = await run('router', 'drill', '--fault', 'F02', '--fault', 'F16', '--fault', 'F22', '--port', String(port), '--json')
    expect([drill.code, drill.stderr], drill.stdout).toEqual([0, ''])
    const { scorecards } = readEnvelope(drill).data as { scorecards: { rows: { id: string }[] }[] }
    expect(scorecards.map(({ rows }) => rows.map(({ id }) => id))).toEqual([
      ['F02', 'F16', 'F22'],
      ['F02', 'F16', 'F22'],
    ])
    expect((await readStatus(port)).routes.map(({ name }) => name)).toEqual(['mended'])
    const wrong = await run('router', 'drill', '--fault', 'F99', '--port', String(port))
    expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringContaining('there is no fault F99')])
  })

  test('the primary of a copy of the route is lost and comes back, and is asked again', async () => {
    const { code, stdout, stderr } = await run('drill', 'primary-loss', '--port', String(port))
    expect([code, stderr]).toEqual([0, expect.stringContaining('everybody else still reaches it')])
    expect(stdout).toMatch(/warm-primary .*\/0\n.*first-fallback .*\/1\n.*warm-fallback .*\/1\n.*restored .*\/0\n/)
  })

  test('a second one says who has the port', async () => {
    const second = await run('router', 'serve', '--config', join(folder, 'router.yaml'), '--port', String(port))
    expect([second.code, second.stderr]).toEqual([69, expect.stringContaining(`port ${port} is taken`)])
    expect(second.stderr).toContain('--port')
  })

  test('Ctrl+C ends it, and what it had started', async () => {
    const { pid } = await readStatus(port)
    router.child.kill('SIGINT')
    expect((await router.ended).code).toBe(130)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    await (await holdPort(port))()
  })
})

test('who kills the command line ends the router with it', async () => {
  const port = await freePort()
  const router = startProgram(['router', 'serve', '--config', await writeConfig(tenLines()), '--port', String(port)], { env: env() })
  await waitUntil(() => router.stderr().includes('Ctrl+C ends it'))
  const { pid } = await readStatus(port)
  router.child.kill('SIGKILL')
  await waitUntil(() => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })
})

const token = 'a-token-of-this-router-alone'

interface Secured {
  readonly port: number
  readonly base: string
  /** How the command line is told of it. */
  readonly at: readonly string[]
}

/** A router with a token and a certificate of its own, at an address of this machine. */
async function whileSecured(address: string, work: (secured: Secured, router: Started) => Promise<void>): Promise<void> {
  const own = createCertificate({ name: 'router', fromMs: Date.now() - 1000, untilMs: Date.now() + 3_600_000, issuer: null })
  const paths = Object.fromEntries(['token', 'cert', 'key'].map((name) => [name, join(folder, `${name}.txt`)])) as Record<string, string>
  for (const [name, text] of Object.entries({ token, cert: own.certificatePem, key: own.keyPem }))
    await writeFile(paths[name] as string, text, { mode: 0o600 })
  const port = await freePort()
  const base = `https://${address}:${port}`
  const flags = ['--token-file', paths['token'], '--tls-cert', paths['cert'], '--tls-key', paths['key']] as string[]
  const words = ['router', 'serve', '--config', await writeConfig(tenLines()), '--port', String(port), '--bind', address, ...flags]
  const router = startProgram(words, { env: env(), timeoutMs: 60_000 })
  await waitUntil(() => router.stderr().includes(`${base}/v1`))
  await work({ port, base, at: ['--url', base, '--ca', paths['cert'] as string] }, router)
  router.child.kill('SIGTERM')
  expect((await router.ended).code).toBe(143)
  expect(router.stdout() + router.stderr()).not.toContain(token)
}

const statusOf = (url: string, authorization: string) =>
  new Promise((resolve, reject) => {
    request(url, { headers: { authorization }, rejectUnauthorized: false, agent: false }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end()
  })

test('with a token and a certificate of its own it is asked by https, and by nobody without the token', async () => {
  await whileSecured('127.0.0.1', async ({ base, at, port }) => {
    expect([await statusOf(`${base}/v1/models`, 'Bearer sk-made-up'), await statusOf(`${base}/v1/models`, `Bearer ${token}`)]).toEqual([
      401, 200,
    ])
    const [status, reload, plain] = await Promise.all([
      run('router', 'status', ...at, '--json'),
      run('router', 'reload', '--port', String(port), ...at.slice(2)),
      run('router', 'status', '--port', String(port)),
    ])
    expect([status.code, readEnvelope(status).data]).toMatchObject([0, { status: { default_route: 'house' } }])
    expect([reload.code, plain.code, plain.stderr]).toEqual([0, 69, expect.stringContaining('--ca')])
    const drill = await run('router', 'drill', '--fault', 'F02', ...at, '--token-file', join(folder, 'token.txt'))
    expect([drill.code, drill.stdout]).toEqual([0, expect.stringContaining('F02')])
    const another = createCertificate({ name: 'router', fromMs: Date.now() - 1000, untilMs: Date.now() + 3_600_000, issuer: null })
    await writeFile(join(folder, 'another.txt'), another.certificatePem)
    expect((await run('router', 'status', '--url', base, '--ca', join(folder, 'another.txt'))).code).toBe(69)
  })
})

test('an address that others reach is really opened with token and certificate: models for who has the token, the rest for this haus alone', async () => {
  const address = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
  if (address === undefined) {
    // What the router refuses and allows there is judged without a socket in wire-router.test.ts.
    console.log('this machine has no address but loopback, so nothing else can be bound')
    return
  }
  await whileSecured(address, async ({ base, at }) => {
    const asked = [
      await statusOf(`${base}/v1/models`, 'Bearer sk-made-up'),
      await statusOf(`${base}/v1/models`, `Bearer ${token}`),
      await statusOf(`${base}/v1/backends`, `Bearer ${token}`),
    ]
    expect(asked).toEqual([401, 200, 401])
    const [status, reload] = [await run('router', 'status', ...at), await run('router', 'reload', ...at)]
    expect([status.code, status.stdout, reload.code]).toEqual([0, expect.stringContaining('house'), 0])
    const plain = await run('router', 'status', '--url', base.replace('https', 'http'))
    expect([plain.code, plain.stderr]).toEqual([64, expect.stringContaining('plain text')])
  })
})

describe('what cannot be served is told so that somebody can mend it', () => {
  test.each([
    ['a file that is not there', ['--config', '/nowhere/router.yaml'], 64, 'there is no file /nowhere/router.yaml'],
    ['a port that is none', ['--port', '99999'], 64, '--port 99999 is no port'],
    ['a flag that is none', ['--confg', 'x'], 64, '--config'],
  ] as const)('%s', async (_, words, code, said) => {
    const run = await startProgram(['router', 'serve', ...words], { env: env() }).ended
    expect([run.code, run.stderr, run.stdout]).toEqual([code, expect.stringContaining(said), ''])
  })

  test('a file in which something is wrong, by file and line', async () => {
    const path = join(folder, 'bad.yaml')
    await writeFile(path, tenLines().replace('default_model', 'defualt_model'))
    const { code, stderr } = await run('router', 'serve', '--config', path)
    expect([code, stderr]).toEqual([65, expect.stringMatching(/bad\.yaml:7:\d+[\s\S]*default_model/)])
  })

  test('an address that others reach, without token and certificate', async () => {
    const config = await writeConfig(tenLines())
    const { code, stderr } = await run('router', 'serve', '--config', config, '--bind', '0.0.0.0', '--port', String(await freePort()))
    expect([code, stderr]).toEqual([77, expect.stringContaining('--token-file and --tls-cert and --tls-key')])
  })
})

/** The machine layer starts the router with a certificate, and says nothing else. */
async function secureRouter(home: string): Promise<void> {
  const own = createCertificate({ name: 'router', fromMs: Date.now() - 1000, untilMs: Date.now() + 3_600_000, issuer: null })
  for (const [name, text] of Object.entries({ cert: own.certificatePem, key: own.keyPem }))
    await writeFile(join(home, `router.${name}`), text, { mode: 0o600 })
  const words = ['--home', '${host.sanctum_home}', '--port', '${services.sanctum-server.port}']
  const files = ['--tls-cert', '${host.sanctum_home}/router.cert', '--tls-key', '${host.sanctum_home}/router.key']
  const command = ['${host.node}', '${host.sanctumd}', 'router', ...words, ...files]
  const layer = join(home, 'instance.yaml')
  const text = (await readFile(layer, 'utf8')).replace(/^services:.*\n/m, '')
  await writeFile(layer, `services:\n  sanctum-server: { run: { command: ${JSON.stringify(command)} } }\n${text}`, { mode: 0o600 })
}

test('up runs the router of a bare machine, which says that it knows nobody; a server that is found is asked without another start', async () => {
  const port = await freePort()
  const haus = await createTestHaus({
    SANCTUM_SET__services__sanctum_server__enabled: 'true',
    SANCTUM_SET__services__sanctum_server__port: String(port),
    ...withoutStrangers,
  })
  try {
    const first = await haus.run('up', '--json')
    expect([first.code, first.stderr]).toEqual([0, ''])
    const health = await (await fetch(`http://127.0.0.1:${port}/health`)).json()
    expect(health).toMatchObject({ ok: true, degraded: true, mode: 'none', why: expect.stringContaining('no model server is known') })
    expect((await ask(port, 'any')).text).toContain('no model server is known')
    const [status, drill] = [await haus.run('router', 'status', '--json'), await haus.run('router', 'drill', '--json')]
    expect([status.code, drill.code]).toEqual([1, 0])
    const planted = await haus.run('router', 'drill', '--fault', 'F02', '--json')
    expect([planted.code, (readEnvelope(planted).data as { scorecards: unknown[] }).scorecards.length]).toEqual([0, 2])
    expect((await ask(port, 'any')).text).toContain('no model server is known')
    await rm(join(haus.sanctumHome, 'state/drills'), { recursive: true })
    expect((await haus.run('up', '--dry-run')).code).toBe(0)
    const { pid } = await readStatus(port)
    const found = ['--set', 'services.llama-cpp.enabled=true', '--set', `services.llama-cpp.port=${models[0]?.port}`]
    expect((await haus.run('up', ...found)).code).toBe(0)
    await waitUntil(async () => (await readStatus(port)).default_route === 'found')
    const answers = [await ask(port, 'primary-model'), await ask(port, 'gpt-4o-mini')]
    expect(answers.map(({ backend }) => backend)).toEqual(['llama-cpp/0', 'found/0'])
    expect((await readStatus(port)).pid).toBe(pid)
    await secureRouter(haus.sanctumHome)
    // It only counts as started once its probes, which nobody wrote anew, were answered by its certificate.
    expect((await haus.run('up', ...found)).code).toBe(0)
    const [secured, seen] = [await haus.run('router', 'status', '--json'), await haus.run('status', '--json')]
    expect([secured.code, readEnvelope(secured).data]).toMatchObject([0, { status: { default_route: 'found' } }])
    const { services } = (readEnvelope(seen).data as { status: { services: { id: string; verdict: string }[] } }).status
    expect(services.find(({ id }) => id === 'sanctum-server')).toMatchObject({ verdict: 'healthy' })
    await expect(readStatus(port)).rejects.toThrow()
    expect(await readdir(join(haus.sanctumHome, 'state'))).not.toContain('drills')
  } finally {
    await haus.dispose()
  }
})
