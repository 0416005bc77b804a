import type { Finding } from '@sanctum/contracts'
import type { RouterDefinition } from '@sanctum/router-failover'
import { describe, expect, test } from 'vitest'
import type { SourceReading } from './router-source.ts'
import { type RouterDesk, type RouterPorts, type RunningRouter, runRouter } from './run-router.ts'

const from = (stamp: string) => ({ source: '/etc/router.yaml', generation: null, port: null, stamp })
const defined = (stamp: string): SourceReading => ({
  kind: 'defined',
  definition: { routes: [], defaultRoute: stamp } as unknown as RouterDefinition,
  from: from(stamp),
})
const finding: Finding = {
  code: 'ROUTER_FILE',
  severity: 'error',
  message: 'url is no address',
  at: { file: '/etc/router.yaml', line: 3, column: 5 },
}
const invalid = (stamp: string): SourceReading => ({ kind: 'invalid', findings: [finding], from: from(stamp) })
const empty: SourceReading = { kind: 'empty', why: 'no model server is known', from: from('none') }

/** The role in front of a proxy that only remembers what it was told; `say` gives it the next reading. */
async function run<T>(first: SourceReading | Error, work: (role: Role) => Promise<T>, config: string | null = '/etc/router.yaml') {
  const told: string[] = []
  const ending = new AbortController()
  let reading: SourceReading | Error = first
  let hangUp = () => {}
  let desk: RouterDesk<RunningRouter> | undefined
  let endDrill = () => {}
  const create = (definition: RouterDefinition, onUndrilled: () => void): RunningRouter => {
    endDrill = onUndrilled
    told.push(`created ${definition.defaultRoute}`)
    return {
      redefine: ({ defaultRoute }) => void told.push(`redefined ${defaultRoute}`),
      routes: () => [route],
      explain: () => ({ endpoint: 'chat/completions', route: 'house', rule: 'default', matched: null, attempts: [], skipped: [] }),
      close: async () => void told.push('closed'),
    }
  }
  const ports: RouterPorts<RunningRouter> = {
    pid: 1,
    nowMs: () => 1000,
    monotonicMs: () => 1000,
    sleep: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    readSource: async () => {
      if (reading instanceof Error) throw reading
      return reading
    },
    watchSource: () => () => told.push('unwatched'),
    onHangup: (handle) => {
      hangUp = handle
    },
    createRouter: create,
    onTaken: () => {},
    serve: async (_, given) => {
      desk = given
      return { port: 8900, close: async () => void told.push('server closed') }
    },
  }
  const ended = runRouter(
    {
      home: '/home/neo/.sanctum',
      version: '0.0.0',
      revision: null,
      port: null,
      cycleS: null,
      router: { config, tokenFile: null, bind: '127.0.0.1', tls: null, attached: false },
      signal: ending.signal,
      log: (_, event) => void told.push(event),
    },
    ports,
  )
  await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))])
  const result =
    desk === undefined
      ? undefined
      : await work({ desk, say: (next) => (reading = next), hangUp: () => hangUp(), endDrill: () => endDrill(), told })
  ending.abort('SIGTERM')
  return { exit: await ended, told, result }
}

interface Role {
  readonly desk: RouterDesk<RunningRouter>
  readonly say: (next: SourceReading | Error) => void
  readonly hangUp: () => void
  /** The last route of a drill is gone. */
  readonly endDrill: () => void
  readonly told: readonly string[]
}

const target = {
  id: 'house/0',
  url: 'http://127.0.0.1:1/v1',
  model: null,
  locality: 'local',
  condition: 'down',
  why: 'refused',
  breaker: 'open',
  ready_in_ms: null,
  in_flight: 0,
  first_token_p95_ms: null,
} as const
const route = {
  name: 'house',
  description: null,
  models: [],
  secure: false,
  delivery: 'live',
  tokens_today: 0,
  daily_cap: null,
  targets: [target],
} as const as unknown as ReturnType<RunningRouter['routes']>[number]

describe('a definition', () => {
  test('that is refused at the start ends who was given one file', async () => {
    expect(await run(invalid('a'), async () => {})).toMatchObject({ exit: 'invalid', told: ['definition-refused'] })
  })

  test('that is refused at the start leaves the router of a haus up, without a server to ask', async () => {
    const { result } = await run(
      invalid('a'),
      async ({ desk }) => ({ router: desk.router(), why: desk.why(), health: desk.health() }),
      null,
    )
    expect(result).toMatchObject({ router: null, health: { ok: true, degraded: true, mode: 'none' } })
    expect(result?.why).toContain('/etc/router.yaml:3:5: url is no address')
  })

  test('that is refused later changes nothing, is told once, and is forgotten with the next good one', async () => {
    const { told, result } = await run(defined('one'), async ({ desk, say }) => {
      say(invalid('two'))
      const outcomes = [await desk.reload('a test'), await desk.reload('a test')]
      const { refused } = desk.status()
      say(defined('one'))
      const back = await desk.reload('a test')
      const forgotten = desk.status().refused
      say(defined('three'))
      return { kinds: [...outcomes, back, await desk.reload('a test')].map(({ kind }) => kind), refused, forgotten }
    })
    expect(result?.kinds).toEqual(['refused', 'refused', 'unchanged', 'taken'])
    expect(result?.refused?.why).toContain(':3:5')
    expect(result?.forgotten).toBeNull()
    expect(told.filter((line) => line === 'definition-refused')).toHaveLength(1)
    expect(told.filter((line) => /^(created|redefined)/.test(line))).toEqual(['created one', 'redefined three'])
  })

  test('that names nobody any more ends the proxy; the next one has another', async () => {
    const { told } = await run(empty, async ({ desk, say }) => {
      expect([desk.router(), desk.why(), desk.health().mode]).toEqual([null, 'no model server is known', 'none'])
      for (const next of [defined('one'), empty, defined('two')]) {
        say(next)
        await desk.reload('a test')
      }
    })
    expect(told.filter((line) => /^(created|closed)/.test(line))).toEqual(['created one', 'closed', 'created two', 'closed'])
  })

  test('that cannot be read any more is refused as one that is wrong, and told once', async () => {
    const { told, result } = await run(defined('one'), async ({ desk, say }) => {
      say(new Error('there is no file /etc/router.yaml'))
      const outcomes = [await desk.reload('a test'), await desk.reload('a test')]
      return { kinds: outcomes.map(({ kind }) => kind), refused: desk.status().refused, health: desk.health(), router: desk.router() }
    })
    expect(result).toMatchObject({ kinds: ['refused', 'refused'], health: { ok: true, degraded: true } })
    expect(result?.refused?.why).toContain('there is no file /etc/router.yaml')
    expect(result?.router).not.toBeNull()
    expect(told.filter((line) => line === 'definition-refused' || line === 'definition-unread')).toEqual(['definition-refused'])
  })

  test('that cannot be read at the start leaves the router of a haus up', async () => {
    const { exit, result } = await run(new Error('EACCES'), async ({ desk }) => desk.health(), null)
    expect([exit, result]).toMatchObject(['ok', { ok: true, degraded: true, mode: 'none' }])
    await expect(run(new Error('EACCES'), async () => {})).rejects.toThrow('EACCES')
  })

  test('of which the next generation says the same is named by that generation', async () => {
    const { result } = await run(defined('one'), async ({ desk, say }) => {
      say({ ...defined('one'), from: { ...from('one'), source: 'generation 8', generation: 8 } } as SourceReading)
      const { kind } = await desk.reload('a test')
      return [kind, desk.status().source, desk.health().generation]
    })
    expect(result).toEqual(['unchanged', 'generation 8', 8])
  })

  test('is read again on SIGHUP', async () => {
    const { told } = await run(defined('one'), async ({ say, hangUp, told: sofar }) => {
      say(defined('two'))
      hangUp()
      while (!sofar.includes('redefined two')) await new Promise((resolve) => setImmediate(resolve))
    })
    expect(told).toContain('definition-taken')
  })
})

test('a server that is down degrades, and the router itself is well', async () => {
  const { result } = await run(defined('one'), async ({ desk }) => desk.health())
  expect(result).toMatchObject({ ok: true, degraded: true, mode: 'single' })
  expect(result?.why).toContain('nobody answers for house')
})

test('the end closes server and proxy', async () => {
  const { exit, told } = await run(defined('one'), async () => {})
  expect(exit).toBe('ok')
  expect(told.slice(-4)).toEqual(['unwatched', 'server closed', 'closed', 'router-stopped'])
})

describe('a drill without a model server', () => {
  test('leaves nothing behind: whoever asks is told again why nobody answers', async () => {
    await run(empty, async ({ desk, endDrill, told }) => {
      const stage = desk.drilled()
      expect([desk.asked(), desk.drilled()]).toEqual([stage, stage])
      endDrill()
      expect([desk.asked(), told.at(-1)]).toEqual([null, 'closed'])
      expect(desk.drilled()).not.toBe(stage)
    })
  })

  test('that ends after a server was found ends nothing else', async () => {
    await run(empty, async ({ desk, say, endDrill, told }) => {
      const stage = desk.drilled()
      say(defined('a'))
      await desk.reload('a server was found')
      endDrill()
      expect([desk.router() === stage, told.includes('closed')]).toEqual([true, false])
    })
  })
})
