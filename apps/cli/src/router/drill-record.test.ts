import type { RouterScorecard } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { findLastWhole, type KeptDrill, mergeDrills, pruneDrills, readDrills, usualFaults } from './drill-record.ts'

const row = (id: string): RouterScorecard['rows'][number] => ({
  ...{ id, title: id, verdict: 'pass', why: '', outcome: 'answer', silent_truncation: false, took_ms: 1, first_token_ms: 1 },
  ...{ attempts: { primary: 1, fallback: 0 }, checks: [], expected: null, as_expected: true },
})

function drill(day: string, ids: readonly string[], changes: Partial<RouterScorecard> = {}): KeptDrill {
  const card: RouterScorecard = {
    ...{ schema_version: 1, taken_at: `2026-11-${day}T04:00:00Z`, subject: { name: 'sanctum router', version: null }, delivery: 'live' },
    ...{ stream: true, time_scale: 0.05, healthy: true, healthy_why: '', rows: ids.map(row), silent_truncations: 0, unexpected: [] },
    ...{ totals: { pass: 0, partial: 0, safe: 0, fail: 0 } },
    ...changes,
  }
  return { path: `/drills/router-${day}.json`, card }
}
const failing = (drills: readonly KeptDrill[]) => mergeDrills(drills).flatMap(({ card }) => card.unexpected)

test('a drill of one fault hides no failure of another, and mends its own', () => {
  const whole = drill('20', usualFaults, { unexpected: ['S08', 'S09'] })
  expect(failing([drill('22', ['S09']), whole])).toEqual(['S08'])
  expect(failing([drill('22', usualFaults), whole])).toEqual([])
  expect(failing([drill('22', usualFaults, { delivery: 'assured' }), whole])).toEqual(['S08', 'S09'])
})

test('only a whole drill renews the age; its parts may be two cards', () => {
  const old = drill('01', usualFaults)
  expect(findLastWhole([drill('22', ['S09']), old])).toBe(Date.parse('2026-11-01T04:00:00Z'))
  const parts = [drill('22', usualFaults.slice(3)), drill('22', usualFaults.slice(0, 3), { time_scale: 1 }), old]
  expect(findLastWhole(parts)).toBe(Date.parse('2026-11-22T04:00:00Z'))
  expect(findLastWhole([drill('22', ['S09'])])).toBeNull()
})

test('beyond a number the oldest record goes first, but none of which a row still holds', async () => {
  const cards = [
    drill('01', ['S08'], { unexpected: ['S08'] }),
    drill('02', ['F02']),
    drill('03', ['F02']),
    drill('04', ['F02']),
    drill('05', ['F02']),
  ]
  const texts = new Map(cards.map(({ path, card }) => [`/home/neo/.sanctum/state${path}`, JSON.stringify(card)]))
  for (const day of ['01', '02', '03']) texts.set(`/home/neo/.sanctum/state/drills/primary-loss-202611${day}.json`, '{}')
  const files = {
    listFolder: async () => [...texts.keys()].map((path) => path.slice('/home/neo/.sanctum/state/drills/'.length)).sort(),
    readText: async (path: string) => texts.get(path) ?? null,
    perform: async (steps: readonly { readonly do: string; readonly path?: string }[]) => {
      for (const { path } of steps) texts.delete(path as string)
    },
  } as unknown as Parameters<typeof pruneDrills>[0]['files']
  const ports = { files, home: '/home/neo/.sanctum' }
  expect(await pruneDrills(ports, 5)).toEqual([])
  await pruneDrills(ports, 2)
  expect(await files.listFolder('')).toEqual([
    'primary-loss-20261102.json',
    'primary-loss-20261103.json',
    'router-01.json',
    'router-04.json',
    'router-05.json',
  ])
})

test('a failure is kept however many drills of other faults came after it', async () => {
  const cards = [drill('01', ['S08'], { unexpected: ['S08'] }), ...Array.from({ length: 20 }, (_, day) => drill(String(day + 10), ['F02']))]
  const texts = new Map(cards.map(({ path, card }) => [`/home/neo/.sanctum/state${path}`, JSON.stringify(card)]))
  const files = {
    listFolder: async () => [...texts.keys()].map((path) => path.slice('/home/neo/.sanctum/state/drills/'.length)),
    readText: async (path: string) => texts.get(path) ?? null,
  }
  expect(failing(await readDrills(files, '/home/neo/.sanctum'))).toEqual(['S08'])
})
