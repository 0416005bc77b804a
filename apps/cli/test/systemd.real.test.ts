import type { HausStatus } from '@sanctum/contracts'
import { createSystemdManager, type RunProgram } from '@sanctum/supervisor/node'
import { unitManagerContract } from '@sanctum/supervisor/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { User } from '../../../tools/nspawn/boot-machine.ts'
import { whyNotHere } from '../../../tools/nspawn/why-not-here.ts'
import { type LifecycleHaus, lifecycle, roles } from './support/lifecycle.ts'
import { lookQuickly } from './support/look-quickly.ts'
import { createSystemdHaus, type SystemdHaus } from './support/systemd-haus.ts'
import { readEnvelope } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

const why = whyNotHere(process.env)

/** The first boot on a machine makes the root first, which takes a minute or two. */
const FIRST_BOOT_MS = 600_000

/** User, manager, the folder of its units, and in it what is started with the machine. */
type Kept = readonly [user: User, manager: string, folder: string, wants: string]

const kept: readonly Kept[] = [
  ['root', 'systemd-system', '/etc/systemd/system', 'multi-user.target.wants'],
  ['operator', 'systemd-user', '$HOME/.config/systemd/user', 'default.target.wants'],
]

// Each has a machine of its own and mostly waits for it, so the two live at the same time, and each one step after the other.
describe.skipIf(why !== null).each(kept)(
  `a haus kept by a real systemd${why === null ? '' : ` (${why})`}: %s`,
  { concurrent: true },
  (...each) => {
    describe('step by step', { concurrent: false }, () => live(each))
  },
)

function live([user, manager, folder, wants]: Kept): void {
  let haus: SystemdHaus
  beforeAll(async () => {
    haus = await createSystemdHaus(user)
  }, FIRST_BOOT_MS)
  afterAll(() => haus?.dispose())

  test('one command on a bare home: every unit starts inside its sandbox', async () => {
    const run = await haus.run('up', '--json', '--yes')
    expect([run.code, run.stdout, run.stderr]).toEqual([0, expect.any(String), ''])
    const status = readEnvelope(run).data['status'] as HausStatus
    expect([status.manager, status.verdict, status.generation, status.confirmed]).toEqual([manager, 'healthy', 1, 1])
    for (const role of roles) {
      const shown = await show(haus, role)
      expect([role, shown['ActiveState'], shown['SubState'], shown['UnitFileState'], shown['NRestarts']]).toEqual([
        ...[role, 'active', 'running', 'enabled', '0'],
      ])
      expect([role, await confinement(haus, shown['MainPID'])]).toEqual([
        role,
        { NoNewPrivs: '1', Seccomp: '2', CapEff: '0000000000000000' },
      ])
    }
    // The page is in the strict one: its home cannot be written, but for two folders.
    const page = (await show(haus, 'dashboard'))['MainPID']
    const mounts = await haus.machine.run('root', [
      'sh',
      '-c',
      `awk '$5 ~ /sanctum/ { print $5, substr($6, 1, 2) }' /proc/${page}/mountinfo`,
    ])
    expect(mounts.stdout).toMatch(/\.sanctum\/state rw/)
    expect((await lookQuickly(haus)).stdout.trim().split('\n')).toHaveLength(1)
  })

  test('a second time it changes nothing: no file, no unit, no process', async () => {
    await up(haus)
    const before = [await pids(haus), await snapshot(haus, folder)]
    const again = await haus.run('up', '--json')
    expect([again.code, readEnvelope(again).data]).toMatchObject([0, { outcome: 'unchanged', changes: [] }])
    expect([await pids(haus), await snapshot(haus, folder)]).toEqual(before)
  })

  test('a service that hangs is ended and started anew by the watchdog, through systemd; nothing of the old process is left', async () => {
    await up(haus)
    const before = await pids(haus)
    await haus.sh(`kill -STOP ${before['dashboard']}`)
    await waitUntil(async () => !['0', before['dashboard']].includes((await show(haus, 'dashboard'))['MainPID']), 90_000)
    expect(await haus.sh(`ps -p ${before['dashboard']} -o pid= || true`)).toBe('')
    await waitUntil(() => isHealthy(haus), 60_000)
    // Each port is held by the process of its own unit, and by nobody else.
    expect((await haus.run('doctor', '--quick')).code).toBe(0)
    const { dashboard: _, ...others } = await pids(haus)
    expect(before).toMatchObject(others)
    const told = await haus.run('events', '--json', '--limit', '50')
    expect(told.stdout).toMatch(/"kind": ?"heal-started"/)
  })

  test('a change that makes a running service sick is taken back, though no unit of it changes', async () => {
    await up(haus)
    expect((await haus.run('render', ...hurry)).code).toBe(0)
    const before = await pids(haus)
    const sick = await haus.run('render', '--json', ...hurry, '--set', 'services.failsafe.health.readiness.path=/nowhere/heartbeat')
    expect([sick.code, readEnvelope(sick).data]).toMatchObject([3, { outcome: 'reverted' }])
    expect(sick.stdout).toContain('SERVICE_NOT_READY')
    expect(await pids(haus)).toEqual(before)
    expect((await haus.run('status')).code).toBe(0)
  })

  test('a change whose process is killed right after the swap is taken back by the watchdog, through a unit of its own', async () => {
    await up(haus)
    const before = await generation(haus)
    const render = await renderUntilSwapped(haus)
    await haus.sh(`pkill -KILL -f '[s]anctumctl.js render' || true`)
    const ended = await render.ended
    expect(ended.code, ended.stderr).not.toBe(0)
    await waitUntil(() => isSettled(haus), 90_000)
    expect([await generation(haus), await isHealthy(haus)]).toEqual([before, true])
    expect(await said(haus)).toMatch(/was taken back .* sanctumctl render, which was trying it, is gone/)
  })

  test('a retired service is stopped and leaves no link behind; rollback brings it back', async () => {
    await up(haus)
    expect((await haus.run('render', '--set', 'services.dashboard.enabled=false')).code).toBe(0)
    const shown = await show(haus, 'dashboard')
    expect([shown['LoadState'], shown['ActiveState'], shown['MainPID']]).toEqual(['not-found', 'inactive', '0'])
    expect(await haus.sh(`ls ${folder}/${wants}`)).not.toContain('dashboard')
    expect((await haus.run('rollback')).code).toBe(0)
    expect(await isHealthy(haus)).toBe(true)
  })

  test('a service whose unit gets another name runs once, under that name', async () => {
    await up(haus)
    const renamed = await haus.run('render', '--json', '--set', 'services.dashboard.label=com.sanctum.board')
    expect([renamed.code, readEnvelope(renamed).data]).toMatchObject([0, { outcome: 'applied' }])
    expect((await show(haus, 'dashboard'))['ActiveState']).toBe('inactive')
    expect((await show(haus, 'board'))['ActiveState']).toBe('active')
    expect(await haus.sh(`ls ${folder}/${wants}`)).not.toContain('dashboard')
    expect([(await haus.run('rollback')).code, await isHealthy(haus)]).toEqual([0, true])
    expect((await show(haus, 'board'))['ActiveState']).toBe('inactive')
  })

  test('logs shows what a service wrote', async () => {
    await up(haus)
    const logs = await haus.run('logs', 'watchdog', '-n', '2000')
    expect([logs.code, logs.stdout]).toEqual([0, expect.stringContaining('watchdog-started')])
  })

  test('after a reboot it is there by itself, as it was', async () => {
    await up(haus)
    const before = [await generation(haus), await snapshot(haus, folder)]
    await haus.machine.reboot()
    await waitUntil(() => isHealthy(haus), 90_000)
    expect([await generation(haus), await snapshot(haus, folder)]).toEqual(before)
    for (const role of roles) {
      const { ActiveState, UnitFileState, NRestarts } = await show(haus, role)
      expect([role, ActiveState, UnitFileState, NRestarts]).toEqual([role, 'active', 'enabled', '0'])
    }
  })

  test('a drop-in that somebody laid beside a unit is drift of the files at once, and of what runs when systemd has read it', async () => {
    await up(haus)
    const dropIns = `${folder}/${unitOf('dashboard')}.d`
    await haus.sh(`mkdir ${dropIns}; printf '[Service]\\nNice=5\\n' > ${dropIns}/over.conf`)
    const laid = await haus.run('drift', '--json')
    expect([laid.code, laid.stdout]).toEqual([2, expect.stringContaining('DRIFT_SHADOW')])
    await haus.systemctl('daemon-reload')
    const read = await haus.run('drift', '--units', '--json')
    expect([read.code, read.stdout]).toEqual([2, expect.stringContaining('UNIT_OTHER_DEFINITION')])
    await haus.sh(`rm -r ${dropIns}`)
    await haus.systemctl('daemon-reload')
    expect((await haus.run('drift')).code).toBe(0)
  })

  describe('leads the life that every manager leads', () => {
    // It begins where nothing was ever started.
    beforeAll(async () => {
      expect((await haus.run('uninstall', '--purge', '--yes')).code).toBe(0)
    })
    test.each(lifecycle)('$title', ({ live }) => live(toLifecycle(haus, folder)))

    test('no link of it is left in any target, and systemd knows none of its units', async () => {
      expect(await haus.sh(`ls ${folder}/${wants} 2>/dev/null | grep -c sanctum || true`)).toBe('0\n')
      expect((await haus.systemctl('list-units', '--all', '--plain', '--no-legend', 'com.sanctum.*')).stdout).toBe('')
      expect((await haus.systemctl('list-unit-files', '--no-legend', 'com.sanctum.*')).stdout).toBe('')
    })
  })

  // Root may write everywhere.
  if (user === 'operator')
    test('a folder of units that is not ours to write is found before anything is changed', async () => {
      const owner = (name: string) => haus.machine.run('root', ['chown', name, '/home/neo/.config/systemd/user'])
      const files = () => haus.sh('find $HOME -printf "%p %i %T@\\n" | sort')
      await owner('root')
      const before = await files()
      for (const command of ['up', 'render']) {
        const run = await haus.run(command, '--json')
        expect([run.code, run.stdout]).toEqual([77, expect.stringContaining('PUBLISH_NOT_PERMITTED')])
        expect(run.stdout).toMatch(/\.config\/systemd\/user\/com\.sanctum\.\w+\.service, the unit of \w+,/)
      }
      expect(await files()).toBe(before)
      await owner('neo')
    })

  describe('and its adapter keeps the promises of the port', () => {
    /** Both list the units that they are given, so a unit without a definition is the caller's to leave out. */
    const contract = unitManagerContract.filter(({ title }) => !title.startsWith('shows a unit that runs without a definition'))

    test.each(contract)('$title', async ({ run }) => {
      await run(await createWorld(haus, folder))
    })

    test('restarts a one-shot; forgets the links of a unit that is gone and does not run, once', async () => {
      const { manager, oneshot, undefine } = await createWorld(haus, folder)
      expect((await manager.start(oneshot)).kind).toBe('accepted')
      await waitUntil(async () => (await manager.list()).find(({ service }) => service === oneshot)?.activity === 'completed')
      expect((await manager.restart(oneshot)).kind).toBe('accepted')
      await waitUntil(async () => (await manager.list()).find(({ service }) => service === oneshot)?.activity === 'completed')
      const ended = (await manager.list()).find(({ service }) => service === oneshot)
      expect([ended?.lastExit, Math.abs(Date.now() - (ended?.lastExitAtMs ?? 0)) < 60_000]).toEqual([{ code: 0, signal: null }, true])
      await haus.systemctl('stop', `net.example.${oneshot}.service`)
      const links = () => haus.sh(`find ${folder} -name 'net.example.${oneshot}.service' -type l`)
      expect(await links()).not.toBe('')
      await undefine(oneshot)
      await haus.systemctl('daemon-reload')
      expect([(await manager.forget(oneshot)).kind, await links(), (await manager.forget(oneshot)).kind]).toEqual([
        'accepted',
        '',
        'unchanged',
      ])
    })
  })
}

function toLifecycle(haus: SystemdHaus, folder: string): LifecycleHaus {
  return {
    run: haus.run,
    rereads: true,
    passesOver: [],
    kill: async (role) => void (await haus.systemctl('kill', '--signal=KILL', unitOf(role))),
    definition: async (role) => (await haus.sh(`cat ${folder}/${unitOf(role)} 2>/dev/null || true`)) || null,
    processes: async () => Number(await haus.sh('ps -eo args | grep -c "[s]anctumd.js" || true')),
    unit: async (role) => {
      const { LoadState, MainPID, NRestarts, UnitFileState, NeedDaemonReload } = await show(haus, role)
      if (NeedDaemonReload !== 'no') throw new Error(`systemd still holds an older definition of ${role}`)
      const isLoaded = LoadState === 'loaded'
      return { isLoaded, isWanted: UnitFileState === 'enabled', pid: Number(MainPID) || null, restarts: Number(NRestarts) }
    },
  }
}

const hurry = ['--set', 'services.failsafe.start_timeout_s=5']

function unitOf(role: string): string {
  return `com.sanctum.${role}.service`
}

async function up(haus: SystemdHaus): Promise<void> {
  const run = await haus.run('up')
  expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('everything here is healthy')])
}

async function isHealthy(haus: SystemdHaus): Promise<boolean> {
  return (await haus.run('status')).code === 0
}

/** The generation that holds. */
async function generation(haus: SystemdHaus): Promise<string> {
  return (await haus.sh('readlink $HOME/.sanctum/current')).trim()
}

/** A change that restarts the page and can never be confirmed, once its generation holds. */
async function renderUntilSwapped(haus: SystemdHaus): Promise<{ readonly ended: ReturnType<SystemdHaus['run']> }> {
  const before = await generation(haus)
  const sick = ['port=1112', 'health.readiness.path=/no-such-page', 'start_timeout_s=100']
  const ended = haus.run('render', ...sick.flatMap((value) => ['--set', `services.dashboard.${value}`]))
  await waitUntil(async () => (await generation(haus)) !== before, 90_000)
  return { ended }
}

/** Nothing is on trial. */
async function isSettled(haus: SystemdHaus): Promise<boolean> {
  return !(await haus.sh('ls $HOME/.sanctum/state')).includes('trial.json')
}

/** What `status` says, without the breaks of lines. */
async function said(haus: SystemdHaus): Promise<string> {
  return (await haus.run('status')).stdout.replace(/\s+/g, ' ')
}

async function show(haus: SystemdHaus, role: string): Promise<Record<string, string>> {
  const { stdout } = await haus.systemctl('show', unitOf(role))
  return Object.fromEntries(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

async function pids(haus: SystemdHaus): Promise<Record<string, string | undefined>> {
  return Object.fromEntries(await Promise.all(roles.map(async (role) => [role, (await show(haus, role))['MainPID']] as const)))
}

/** What the kernel says of a process. */
async function confinement({ machine }: SystemdHaus, pid: string | undefined): Promise<Record<string, string>> {
  const { stdout } = await machine.run('root', ['cat', `/proc/${pid}/status`])
  return Object.fromEntries(
    ['NoNewPrivs', 'Seccomp', 'CapEff'].map((field) => [field, new RegExp(`^${field}:\\t(.*)$`, 'm').exec(stdout)?.[1] ?? '']),
  )
}

/** Name, inode, size and time of all that `up` may write; what the roles write while they run is left out. */
async function snapshot(haus: SystemdHaus, folder: string): Promise<string> {
  return haus.sh(`find $HOME/.sanctum ${folder} \\( -path '*/logs' -o -path '*/state' \\) -prune -o -printf '%p %i %s %T@ %l\\n' | sort`)
}

async function createWorld({ sh, systemctl, machine, user }: SystemdHaus, folder: string) {
  const services = ['daemon', 'oneshot', 'reloadable'] as const
  const nameOf = (service: string) => `net.example.${service}`
  const texts = {
    daemon: 'Type=exec\\nRestart=always\\nRestartSec=100ms\\nExecStart=/bin/sleep 1000',
    oneshot: 'Type=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true',
    reloadable: 'Type=exec\\nRestart=always\\nExecReload=/bin/kill -s CONT $MAINPID\\nExecStart=/bin/sleep 1000',
  }
  const write = (service: keyof typeof texts, more = '') =>
    sh(
      `mkdir -p ${folder}; printf '[Service]\\n${texts[service]}\\n${more}[Install]\\nWantedBy=default.target\\n' > ${folder}/${nameOf(service)}.service`,
    )
  for (const service of services) {
    await systemctl('disable', '--now', `${nameOf(service)}.service`)
    await write(service)
  }
  await systemctl('daemon-reload')
  for (const service of services) await systemctl('reset-failed', `${nameOf(service)}.service`)
  const exec: RunProgram = async (program, args) => {
    const { code, stdout, stderr } = await machine.run(user, [program, ...args])
    return { code: code ?? 1, stdout, stderr }
  }
  const units = services.map((service) => ({
    service,
    unit: nameOf(service),
    kind: service === 'oneshot' ? ('oneshot' as const) : ('daemon' as const),
    domain: user === 'root' ? ('system' as const) : ('user' as const),
    session: null,
    file: '',
    starts: true,
    isTimed: false,
    reloadSignal: service === 'reloadable' ? 'SIGCONT' : null,
  }))
  return {
    manager: createSystemdManager({ scope: user === 'root' ? 'system' : 'user', units: () => units, exec }),
    ...{ daemon: 'daemon', oneshot: 'oneshot', reloadable: 'reloadable' },
    crash: async (service: string) => void (await systemctl('kill', '--signal=KILL', `${nameOf(service)}.service`)),
    redefine: async (service: string) => void (await write(service as keyof typeof texts, 'UMask=0077\\n')),
    undefine: async (service: string) => void (await sh(`rm ${folder}/${nameOf(service)}.service`)),
    pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  }
}
