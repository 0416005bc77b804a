import type { HausStatus } from '@sanctum/contracts'
import { expect } from 'vitest'
import { type Run, readEnvelope } from './test-haus.ts'
import { waitUntil } from './wait-until.ts'

/** A haus of the starter catalog as one service manager keeps it. */
export interface LifecycleHaus {
  run(...args: readonly string[]): Promise<Run>
  /** A unit as the manager itself shows it. */
  unit(service: string): Promise<{
    readonly isLoaded: boolean
    /** It comes up with the machine, or with the login. */
    readonly isWanted: boolean
    readonly pid: number | null
    readonly restarts: number
  }>
  /** Kills its process, and lets the time pass that the manager waits before the next. */
  kill(service: string): Promise<void>
  /** The text that the manager reads; null where there is none. */
  definition(service: string): Promise<string | null>
  /** Its manager goes by a new definition while what runs stays; launchd reads one only when it loads a job. */
  readonly rereads: boolean
  /** What a rollback passes over, where its watchdog cannot ask the manager, so that verify finds no two who say the same. */
  readonly passesOver: readonly string[]
  /** How many processes of this haus there are. */
  processes(): Promise<number>
}

export const roles = ['dashboard', 'failsafe', 'watchdog'] as const

/** One life of a haus, in order: each step begins where the one before ended. The same for every manager. */
export const lifecycle: readonly { readonly title: string; readonly live: (haus: LifecycleHaus) => Promise<void> }[] = [
  {
    title: 'up: every unit starts and its probe passes',
    live: async (haus) => {
      const run = await haus.run('up', '--json')
      expect([run.code, run.stderr]).toEqual([0, ''])
      const { verdict, generation, confirmed } = readEnvelope(run).data['status'] as HausStatus
      expect([verdict, generation !== null && generation === confirmed]).toEqual(['healthy', true])
      for (const role of roles)
        expect(await haus.unit(role)).toEqual({ isLoaded: true, isWanted: true, pid: expect.any(Number), restarts: 0 })
    },
  },
  {
    title: 'a second up changes nothing',
    live: async (haus) => {
      const before = await pids(haus)
      const run = await haus.run('up', '--json')
      expect([run.code, readEnvelope(run).data]).toMatchObject([0, { outcome: 'unchanged' }])
      expect(await pids(haus)).toEqual(before)
    },
  },
  {
    title: 'a killed service is started again, and nothing else is',
    live: async (haus) => {
      const before = await pids(haus)
      await haus.kill('dashboard')
      await waitUntil(async () => {
        const { pid, restarts } = await haus.unit('dashboard')
        return pid !== null && pid !== before['dashboard'] && restarts === 1
      })
      await waitUntil(async () => (await haus.run('status')).code === 0)
      expect(await pids(haus)).toEqual({ ...before, dashboard: expect.any(Number) })
    },
  },
  {
    title:
      'render of a change restarts exactly the unit it is about, or none where its process is the same; rollback gives the old definition back byte for byte',
    live: async (haus) => {
      const [before, text] = [await pids(haus), await haus.definition('dashboard')]
      const { generation } = readEnvelope(await haus.run('status', '--json')).data['status'] as HausStatus
      const change = async (...settings: readonly string[]) => {
        const run = await haus.run('render', '--json', ...settings.flatMap((setting) => ['--set', setting]))
        expect([run.code, readEnvelope(run).data]).toMatchObject([0, { outcome: 'applied' }])
        return pids(haus)
      }
      const program = await change('services.dashboard.run.env.LEVEL=debug')
      expect(program).toEqual({ ...before, dashboard: expect.any(Number) })
      expect(program['dashboard']).not.toBe(before['dashboard'])
      const policy = await change('services.dashboard.run.env.LEVEL=debug', 'services.dashboard.restart.delay_s=2')
      expect({ ...policy, dashboard: policy['dashboard'] === program['dashboard'] }).toEqual({ ...program, dashboard: haus.rereads })
      expect(await haus.definition('dashboard')).not.toBe(text)
      const rollback = await haus.run('rollback', String(generation), ...haus.passesOver, '--json')
      expect([rollback.code, await haus.definition('dashboard')]).toEqual([0, text])
      expect((await haus.run('status')).code).toBe(0)
      expect({ ...(await pids(haus)), dashboard: 0 }).toEqual({ ...before, dashboard: 0 })
    },
  },
  {
    title: 'down stops everything and it stays down; up brings it back',
    live: async (haus) => {
      expect((await haus.run('down')).code).toBe(0)
      expect(await haus.processes()).toBe(0)
      for (const role of roles) expect(await haus.unit(role)).toMatchObject({ isWanted: false, pid: null })
      expect((await haus.run('down')).stdout).toContain('nothing was running')
      expect((await haus.run('up')).code).toBe(0)
    },
  },
  {
    title: 'uninstall leaves no unit, no file and no process; a second one has nothing to do; up installs again',
    live: async (haus) => {
      await uninstall(haus, 'uninstalled')
      await uninstall(haus, 'unchanged')
      expect((await haus.run('up')).code).toBe(0)
      await uninstall(haus, 'uninstalled')
    },
  },
]

async function uninstall(haus: LifecycleHaus, outcome: string): Promise<void> {
  const run = await haus.run('uninstall', '--json')
  expect([run.code, readEnvelope(run).data]).toMatchObject([0, { outcome, kept: [] }])
  expect(await haus.processes()).toBe(0)
  for (const role of roles)
    expect([await haus.unit(role), await haus.definition(role)]).toEqual([
      { isLoaded: false, isWanted: false, pid: null, restarts: 0 },
      null,
    ])
}

async function pids(haus: LifecycleHaus): Promise<Record<string, number | null>> {
  return Object.fromEntries(await Promise.all(roles.map(async (role) => [role, (await haus.unit(role)).pid] as const)))
}
