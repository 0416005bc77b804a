import type { Finding } from '@sanctum/contracts'
import { buildHaus, buildProvision, buildRun, buildService, buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { DoctorContext } from '../checks/doctor-context.ts'
import type { CommandContext } from '../command.ts'
import type { RunningProcess } from '../ports.ts'
import { fixFindings, planFixes } from './fix-findings.ts'
import { isOrphanOf } from './fix-units.ts'

const words = ['/opt/node', '/opt/dashboard.js', '--port', '1111']
const dashboard = buildService('dashboard', { run: buildRun(words), provides: [buildProvision(1111)] })
const process = (changes: Partial<RunningProcess> = {}): RunningProcess => ({ pid: 77, parent: 1, group: 77, uid: 1000, words, ...changes })
const finding = (code: string, subject: string, more: Partial<Finding> = {}): Finding => ({
  code,
  severity: 'error',
  message: code,
  subject,
  ...more,
})

test.each<[string, RunningProcess, readonly RunningProcess[], boolean]>([
  ['the same words, the same user, nobody above it', process(), [], true],
  ['another user', process({ uid: 0 }), [], false],
  ['another port in its words', process({ words: [...words.slice(0, 3), '1112'] }), [], false],
  ['one word more', process({ words: [...words, '--debug'] }), [], false],
  ['the supervised process itself', process({ pid: 42, group: 42 }), [], false],
  ['in the group of the supervised one', process({ group: 42 }), [], false],
  ['a grandchild of the supervised one', process({ parent: 50 }), [process({ pid: 50, parent: 42 })], false],
])('%s', (_, holder, others, isOurs) => {
  expect(isOrphanOf(dashboard, holder, { uid: 1000, running: [holder, ...others], states: [{ pid: 42 }] })).toBe(isOurs)
})

interface World {
  readonly owners: Readonly<Record<string, number>>
  readonly holder: RunningProcess
  readonly ended: number[]
  readonly modes: string[]
}

function contextOf({ owners, holder, ended, modes }: World): DoctorContext {
  const ports = {
    home: '/home/neo/.sanctum',
    machine: { identify: (pid: number) => ({ pid, start_time: '5' }), end: async ({ pid }: { pid: number }) => void ended.push(pid) },
    files: {
      setMode: async (path: string, mode: number) => void modes.push(`${mode.toString(8)} ${path}`),
      perform: async (steps: readonly { do: string; path: string }[]) => void modes.push(...steps.map((step) => `${step.do} ${step.path}`)),
    },
    generations: () => ({ readPointers: () => ({ current: { kind: 'set', number: 1 }, confirmed: { kind: 'damaged' } }) }),
  }
  return {
    command: { ports } as unknown as CommandContext,
    wanted: buildHaus([dashboard]),
    held: () => buildHaus([dashboard]),
    units: async () => [buildUnitState('dashboard', { pid: 42 })],
    listeners: async () => ({
      listeners: [{ protocol: 'tcp', address: '127.0.0.1', port: 1111, pid: holder.pid, program: 'node' }],
      unread: [],
    }),
    inspect: async () => ({
      processes: async () => [holder],
      owner: async (path: string) => (owners[path] === undefined ? null : { uid: owners[path], gid: 0, mode: 0o644 }),
    }),
  } as unknown as DoctorContext
}

const world = (changes: Partial<World> = {}): World => ({
  owners: { '/home/neo/.sanctum/secrets/key': 1000, '/home/neo/.sanctum/a.pid': 1000 },
  holder: process(),
  ended: [],
  modes: [],
  ...changes,
})
const all = [
  finding('PORT_HELD', 'tcp 1111'),
  finding('SECRET_EXPOSED', '~/.sanctum/secrets/key'),
  finding('PID_FILE_DEAD', '~/.sanctum/a.pid'),
  finding('POINTER_DAMAGED', '/home/neo/.sanctum/confirmed'),
  finding('SERVICE_UNHEALTHY', 'dashboard'),
]

test('what is safe is done, each thing once', async () => {
  const seen = world()
  const fixes = await planFixes(contextOf(seen), all)
  expect(fixes.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual([
    'POINTER_DAMAGED',
    'SECRET_EXPOSED',
    'PID_FILE_DEAD',
    'PORT_HELD',
  ])
  for (const fix of fixes) await fix.apply()
  expect(seen.ended).toEqual([77])
  expect(seen.modes).toEqual([
    'remove-file /home/neo/.sanctum/confirmed',
    'sync-directory /home/neo/.sanctum',
    '600 /home/neo/.sanctum/secrets/key',
    'remove-file /home/neo/.sanctum/a.pid',
  ])
})

test('what is foreign, waived, or not ours to end is left to a person', async () => {
  const seen = world({
    owners: { '/home/neo/.sanctum/secrets/key': 0, '/home/neo/.sanctum/a.pid': 0 },
    holder: process({ words: ['python3'] }),
  })
  expect((await planFixes(contextOf(seen), all)).map(({ steps }) => steps)).toEqual([[expect.stringContaining('confirmed')]])
  const waiver = { reason: 'a bench', owner: 'yoda', expires: '2099-01-01' }
  expect(
    await planFixes(
      contextOf(world()),
      all.map((each) => ({ ...each, waiver })),
    ),
  ).toEqual([])
})

/** Fixes what was found, and looks again: `left` is what the second look still finds. */
async function fix(left: readonly Finding[], { dryRun = false } = {}) {
  const events: string[] = []
  const seen = world()
  const doctor = contextOf(seen)
  const looks = [[finding('PID_FILE_DEAD', '~/.sanctum/a.pid')], left]
  const context = {
    global: { dryRun },
    options: {},
    say: () => undefined,
    ports: {
      files: { toShown: (path: string) => path },
      lock: async () => ({ kind: 'held', release: () => undefined }),
      journal: { append: ({ kind, subject }: { kind: string; subject: string }) => void events.push(`${kind} ${subject}`) },
    },
  } as unknown as CommandContext
  const results = async () => ({
    doctor,
    results: [{ id: 'pid-files', title: '', verdict: 'drift' as const, findings: [...(looks.shift() ?? [])], duration_ms: 1 }],
  })
  return { ...(await fixFindings(context, results)), events, done: seen.modes }
}

test('fixed means that the same check passes now', async () => {
  const { fixes, findings, events } = await fix([])
  expect([fixes[0]?.outcome, findings, events]).toEqual(['fixed', [], ['finding-fixed ~/.sanctum/a.pid']])
})

test('a fix that changed nothing is told of, and is an error', async () => {
  const { fixes, findings, events } = await fix([finding('PID_FILE_DEAD', '~/.sanctum/a.pid')])
  expect([fixes[0]?.outcome, findings[0]?.code, events]).toEqual(['failed', 'FIX_FAILED', ['finding-unfixed ~/.sanctum/a.pid']])
})

test('a dry run shows it, does nothing, and writes no event', async () => {
  const { fixes, events, done } = await fix([], { dryRun: true })
  expect([fixes[0]?.outcome, events, done]).toEqual(['planned', [], []])
})

test('a unit that its manager does not know is made known and started; one that runs is not touched', async () => {
  const asked: string[] = []
  const manager = {
    list: async () => (asked.length === 2 ? [buildUnitState('dashboard')] : []),
    reloadDefinitions: async ([one]: readonly { unit: string }[]) => (asked.push(`read ${one?.unit}`) > 0 ? [] : []),
    start: async (service: string) => asked.push(`start ${service}`) && { kind: 'accepted', service },
  }
  const generations = { readPointers: () => ({ current: { kind: 'none' } }) }
  const ports = {
    units: () => manager,
    generations: () => generations,
    files: { perform: async () => undefined },
    clock: { monotonic: () => 0, pause: async () => undefined },
  }
  const command = { ports, say: () => undefined, signal: new AbortController().signal }
  const doctor = (pid: number | null) =>
    ({
      command,
      held: () => buildHaus([dashboard]),
      units: async () => (pid === null ? [] : [buildUnitState('dashboard', { pid })]),
    }) as unknown as DoctorContext
  const unloaded = [finding('UNIT_NOT_LOADED', 'dashboard')]
  expect(await planFixes(doctor(42), unloaded)).toEqual([])
  const [fix] = await planFixes(doctor(null), unloaded)
  expect(fix?.steps).toEqual(['load com.sanctum.dashboard and start it'])
  await fix?.apply()
  expect(asked).toEqual(['read com.sanctum.dashboard', 'start dashboard'])
})
