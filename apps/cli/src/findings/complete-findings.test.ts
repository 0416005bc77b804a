import type { CheckResult, Finding, Step } from '@sanctum/contracts'
import { Fault } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import type { Ports } from '../ports.ts'
import { completeResults } from './complete-findings.ts'
import { readWaivers } from './waivers.ts'

const now = Date.UTC(2026, 10, 27)
const held: Finding = { code: 'PORT_HELD', severity: 'error', message: 'port 1111 is held', subject: 'tcp 1111' }
const ran = (...findings: Finding[]): CheckResult[] => [{ id: 'ports', title: 'ports', verdict: 'failed', findings, duration_ms: 1 }]
const waivers = (expires: string, more = '') =>
  `waivers:\n  - { code: PORT_HELD, subject: tcp 1111, reason: a bench runs, owner: yoda, expires: ${expires} }\n${more}`

/** A home of a few files, in memory. */
function homeOf(files: Record<string, string>, { isReadOnly = false } = {}): Ports {
  return {
    home: '/h',
    clock: { now: () => now },
    files: {
      toShown: (path: string) => path.replace('/h', '~/.sanctum'),
      readText: async (path: string) => files[path] ?? null,
      async perform(steps: readonly Step[]) {
        if (isReadOnly) throw new Fault('READ_ONLY', 'the disk is read-only')
        for (const step of steps) {
          if (step.do === 'write') files[step.path] = step.content
          if (step.do !== 'rename') continue
          files[step.to] = files[step.from] as string
          delete files[step.from]
        }
      },
    },
  } as unknown as Ports
}
const whole = { isWhole: true, keeps: true }

test('a finding says what it means, where to read of it, and since when it is there', async () => {
  const files: Record<string, string> = {}
  const first = (await completeResults(homeOf(files), ran(held), whole))[0]?.findings[0]
  expect(first).toMatchObject({ docs: 'docs/src/content/docs/reference/findings.md#port_held', first_seen_ms: now })
  expect(first?.impact).toMatch(/talks to the wrong program/)
  files['/h/state/findings.json'] = files['/h/state/findings.json']?.replace(String(now), '1000') as string
  expect((await completeResults(homeOf(files), ran(held), whole))[0]?.findings[0]?.first_seen_ms).toBe(1000)
})

test('what is gone is forgotten by a whole look, and by none that asked only some checks', async () => {
  const files: Record<string, string> = {}
  await completeResults(homeOf(files), ran(held), whole)
  const before = files['/h/state/findings.json']
  await completeResults(homeOf(files), ran(), { isWhole: false, keeps: true })
  expect(files['/h/state/findings.json']).toBe(before)
  await completeResults(homeOf(files), ran(), whole)
  expect(files['/h/state/findings.json']).not.toContain('PORT_HELD')
})

test.each(['not json', '{"schema_version":1,"seen":{"PORT_HELD tcp 1111":"yesterday"}}', '[]', 'null'])(
  'a memory of %j, or a disk that takes nothing, does not stop a doctor',
  async (text) => {
    const home = homeOf({ '/h/state/findings.json': text }, { isReadOnly: true })
    expect((await completeResults(home, ran(held), whole))[0]?.findings[0]?.first_seen_ms).toBe(now)
  },
)

test('a waived finding is shown with its waiver and stops nothing; another of the same code still does', async () => {
  const home = homeOf({ '/h/waivers.yaml': waivers('2026-11-27') })
  const [result] = await completeResults(home, ran(held), whole)
  expect(result?.findings[0]?.waiver).toEqual({ reason: 'a bench runs', owner: 'yoda', expires: '2026-11-27' })
  expect([result?.verdict, exitOfFindings(result?.findings ?? [])]).toEqual(['healthy', 'ok'])
  const [other] = await completeResults(home, ran({ ...held, subject: 'tcp 2187' }), whole)
  expect([other?.verdict, exitOfFindings(other?.findings ?? [])]).toEqual(['failed', 'unavailable'])
})

test('an expired waiver excuses nothing', async () => {
  const [result] = await completeResults(homeOf({ '/h/waivers.yaml': waivers('2026-11-26') }), ran(held), whole)
  expect(result?.findings[0]?.waiver).toBeUndefined()
  expect(result?.verdict).toBe('failed')
})

test.each([
  ['  - { code: PORT_HELD, reason: x, owner: y }\n', 'MISSING_KEY', '~/.sanctum/waivers.yaml:3:'],
  ['  - { code: PORT_HELT, reason: x, owner: y, expires: 2026-12-01 }\n', 'UNKNOWN_VALUE', '~/.sanctum/waivers.yaml:3:'],
  ['  - { code: PORT_HELD, reason: x, owner: y, expires: soon }\n', 'BAD_FORMAT', '~/.sanctum/waivers.yaml:3:'],
  ['  - { code: PORT_HELD, reason: x, owner: y, expires: 2026-12-01, until: 1 }\n', 'UNKNOWN_KEY', '~/.sanctum/waivers.yaml:3:'],
])('a waiver with an error is named by its place: %j', async (line, code, place) => {
  const { findings } = await readWaivers(homeOf({ '/h/waivers.yaml': waivers('2026-12-01', line) }))
  const found = findings.find((finding) => finding.code === code)
  expect(`${found?.at?.file}:${found?.at?.line}:`).toBe(place)
})
