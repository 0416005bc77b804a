import { expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../../test/build-definition.ts'
import { createLogKeeper, type LogKeeperPorts } from './keep-logs.ts'

const MB = 1024 * 1024
const settle = () => new Promise((resolve) => setImmediate(resolve))

function createWorld(sizes: Record<string, number>, overrides: Partial<LogKeeperPorts> = {}) {
  const cuts: (readonly [string, number])[] = []
  const told: string[] = []
  const keeper = createLogKeeper((_, event, fields) => void told.push(`${event} ${fields?.['path']}`), {
    ownLogs: ['/logs/alerts.log'],
    sizeOf: async (path) => sizes[path] ?? null,
    async cut(path, keepBytes) {
      cuts.push([path, keepBytes])
      sizes[path] = 0
    },
    ...overrides,
  })
  return { keeper, cuts, told }
}

const definition = buildDefinition([], { logs: ['/logs/chatty.out.log', '/logs/quiet.out.log', '/logs/never.out.log'] })

test('what is longer than the limit is cut, by services and by the home itself, and the rest is left alone', async () => {
  const { keeper, cuts, told } = createWorld({
    '/logs/chatty.out.log': 10 * MB + 1,
    '/logs/quiet.out.log': 10 * MB,
    '/logs/alerts.log': 11 * MB,
  })
  keeper.look(definition)
  await settle()
  keeper.look(definition)
  await settle()
  expect(cuts).toEqual([
    ['/logs/chatty.out.log', 10 * MB],
    ['/logs/alerts.log', 10 * MB],
  ])
  expect(told).toEqual(['log-cut /logs/chatty.out.log', 'log-cut /logs/alerts.log'])
})

test.each([
  ['what the watchdog is told', 2, 2],
  ['no more than memory may be used for', 5000, 100],
])('the limit is %s', async (_, given, expected) => {
  const watchdog = buildServiceDefinition('watchdog', { settings: { log_limit_mb: given } })
  const { keeper, cuts } = createWorld({ '/logs/chatty.out.log': 101 * MB })
  keeper.look({ ...definition, services: [watchdog] })
  await settle()
  expect(cuts).toEqual([['/logs/chatty.out.log', expected * MB]])
})

test('a log that cannot be cut keeps no other from it, and is told once until something changes', async () => {
  const sizes = { '/logs/chatty.out.log': 11 * MB, '/logs/quiet.out.log': 11 * MB }
  const causes = ['denied', 'denied', 'read-only']
  const { keeper, cuts, told } = createWorld(sizes, {
    async cut(path, keepBytes) {
      if (path === '/logs/chatty.out.log') throw new Error(causes.shift())
      cuts.push([path, keepBytes])
    },
  })
  for (const _ of [...causes]) {
    keeper.look(definition)
    await settle()
  }
  expect(told.filter((line) => line.startsWith('log-uncut'))).toHaveLength(2)
  expect(cuts.map(([path]) => path)).toEqual(['/logs/quiet.out.log', '/logs/quiet.out.log', '/logs/quiet.out.log'])
})

test('while one round goes on there is no second', async () => {
  let asked = 0
  const { keeper } = createWorld(
    {},
    {
      sizeOf: () => {
        asked++
        return new Promise(() => {})
      },
    },
  )
  keeper.look(definition)
  keeper.look(definition)
  await settle()
  expect(asked).toBe(1)
})
