import type { HausStatus } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../../test/build-definition.ts'
import type { DocumentReply } from '../node/ask-health.ts'
import { judgeRoleHealth } from '../role-health.ts'
import type { HausView } from '../view-haus.ts'
import type { HausWatch } from '../watch-haus.ts'
import { readStatus, type StatusPorts } from './read-status.ts'

const haus: HausStatus = {
  schema_version: 1,
  haus: 'Test haus',
  node: 'local',
  manager: 'embedded',
  generation: 1,
  confirmed: 1,
  at_ms: 0,
  verdict: 'healthy',
  services: [],
  skipped: [],
}
const definition = buildDefinition([
  buildServiceDefinition('watchdog', { provides: [{ port: 2199, protocol: 'tcp', address: '127.0.0.1', security: 'plain' }] }),
])

function answer(ok: boolean): DocumentReply {
  const loop = { startedAtMs: 0, lastCycle: { atMs: 0, monotonicMs: ok ? 0 : -100_000 }, cycles: 1 }
  const health = judgeRoleHealth({
    role: 'watchdog',
    pid: 1,
    version: '1.0.0',
    revision: null,
    generation: 1,
    loop,
    periodS: 10,
    monotonicMs: 0,
  })
  return { kind: 'answered', status: ok ? 200 : 503, document: { ...health, period_s: 10, haus } }
}

const view: HausView = { atMs: 5, services: [], judgements: {}, verdict: 'failed', why: '', causes: [], subjects: [], itIsMe: null }
const watch = (look: HausWatch['look']): HausWatch => ({ look, nextDueMs: () => 0, hurry: () => {}, close: () => {} })

function ports(overrides: Partial<StatusPorts> = {}): StatusPorts {
  return {
    askWatchdog: async () => answer(true),
    watch: watch(async () => view),
    readConfirmed: async () => 1,
    readRemembered: async () => haus,
    nowMs: () => 9000,
    ...overrides,
  }
}

describe('readStatus', () => {
  test('from the watchdog, at the port that the catalog gives it', async () => {
    const asked: number[] = []
    const reading = await readStatus(
      ports({
        askWatchdog: async (port) => {
          asked.push(port)
          return answer(true)
        },
      }),
      definition,
    )
    expect(reading).toEqual({ kind: 'seen', by: 'watchdog', status: haus })
    expect(asked).toEqual([2199])
  })

  test.each<readonly [string, DocumentReply]>([
    ['is dead', { kind: 'refused', why: 'nobody listens' }],
    ['is stopped', { kind: 'silent', why: 'no whole answer came' }],
    ['stands still', answer(false)],
    ['is another program', { kind: 'answered', status: 200, document: { hello: 'world' } }],
  ])('the watchdog %s: from a look of our own', async (_, reply) => {
    const reading = await readStatus(ports({ askWatchdog: async () => reply }), definition)
    expect(reading).toMatchObject({ kind: 'seen', by: 'dashboard', status: { verdict: 'failed', at_ms: 5 } })
  })

  const dead: Partial<StatusPorts> = {
    askWatchdog: async () => ({ kind: 'refused', why: 'nobody listens' }),
    watch: watch(() => new Promise(() => {})),
  }

  test('nobody can look: what was last written down, and not called healthy', async () => {
    expect(await readStatus(ports(dead), definition)).toMatchObject({
      kind: 'last-known',
      status: { verdict: 'could-not-check' },
      why: 'The watchdog does not answer: nobody listens',
    })
  })

  test('nor was anything written down', async () => {
    expect((await readStatus(ports({ ...dead, readRemembered: async () => ({ broken: true }) }), definition)).kind).toBe('nothing')
    expect((await readStatus(ports(dead), null)).kind).toBe('nothing')
  })
})
