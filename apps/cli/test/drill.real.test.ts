import { execFile, spawnSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { createTestHaus, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

let haus: TestHaus
beforeAll(async () => {
  haus = await createTestHaus()
  const [db, web, deaf] = (await freePorts(3)) as [number, number, number]
  const catalog = await writeCatalog('catalog', `${toService('db', db)}${toService('web', web, 'db')}${toService('deaf', deaf)}`)
  Object.assign(haus.env, { SANCTUM_CATALOG: catalog })
  const up = await haus.run('up')
  expect([up.code, up.stderr.includes('✗')], up.stdout + up.stderr).toEqual([0, false])
})
afterAll(() => haus.dispose())

async function writeCatalog(name: string, services: string): Promise<string> {
  const catalog = join(haus.home, name)
  await cp(join(repository, 'catalogs/starter'), catalog, { recursive: true })
  const starter = await readFile(join(catalog, 'catalog.yaml'), 'utf8')
  // Proven soon and tried again soon, so that a drill is a matter of seconds.
  const quick = starter.replace('    sandbox:\n', '    settings: { heal_hold_s: 0.5, heal_backoff_s: 0.5, cycle_s: 0.3 }\n    sandbox:\n')
  await writeFile(join(catalog, 'catalog.yaml'), `${quick}\n${services}`)
  return catalog
}

/** A server that answers with its pid. */
function toService(id: string, port: number, requires?: string): string {
  const source = `require('http').createServer((q, s) => s.end(String(process.pid))).listen(${port}, '127.0.0.1')`
  return `
  ${id}:
    kind: daemon
    tier: ops
    run: { command: ['\${host.node}', '-e', ${JSON.stringify(source)}] }
    provides: [{ port: ${port}, name: web, port_lore: Whichever was free. }]
    ${requires === undefined ? '' : `requires: [{ service: ${requires}, strength: hard, reason: It asks it. }]`}
    health:
      readiness: { type: http, path: /, timeout_ms: 500, interval_s: 1 }
      liveness: { type: http, path: /, timeout_ms: 500, interval_s: 1, open_after: 2, close_after: 1 }
    restart: { when: always, delay_s: 0.2, max_delay_s: 1, limit: { starts: 50, window_s: 60 } }
    remediation: { actions: [{ name: restart, restart: true, cooldown_s: 0 }], max_restarts: 50, cooldown_s: 0 }
    stop: { signal: SIGTERM, timeout_s: 2 }
    sandbox: { level: none, waiver: { reason: A test., owner: yoda } }
`
}

const drill = async (...words: readonly string[]) => {
  const run = await haus.run('drill', 'heal', ...words, '--json')
  return { code: run.code, ...readEnvelope(run) }
}

describe('a drill in a haus that runs', () => {
  test.each([
    ['kill', 'web', 'web'],
    ['hang', 'web', 'web'],
    ['port-squat', 'web', 'web'],
    ['dependency', 'web', 'db'],
  ])('%s of %s: seen, healed, and nobody else disturbed', async (fault, service, target) => {
    const { code, data } = await drill(service, '--fault', fault, '--yes')
    expect([code, data], JSON.stringify(data)).toMatchObject([0, { service, target, fault, disturbed: [], written: true }])
    const { old_pid, new_pid, down_ms, detected_ms, recovered_ms } = data as Record<string, number>
    expect(new_pid).not.toBe(old_pid)
    expect(recovered_ms).toBeGreaterThan(down_ms as number)
    expect(detected_ms).toBeGreaterThan(0)
    expect(readEnvelope(await haus.run('lease', 'list', '--json')).data, 'the lease of the drill is over').toMatchObject({ leases: [] })
  })

  test('what it would hit is told without a touch, and a person has to say yes', async () => {
    const dry = await drill('web', '--fault', 'dependency', '--dry-run')
    expect(dry).toMatchObject({ code: 0, data: { target: 'db', written: false } })
    expect(await drill('web')).toMatchObject({ code: 64, errors: [{ hint: expect.stringContaining('--yes') }] })
    expect(await drill('web', '--fault', 'hagn', '--yes')).toMatchObject({ code: 64, errors: [{ hint: 'Did you mean hang?' }] })
    expect(await drill('web', '--fault', 'disk', '--yes')).toMatchObject({ code: 69 })
    expect(await drill('db', '--fault', 'dependency', '--yes')).toMatchObject({
      code: 69,
      data: { findings: [{ code: 'DRILL_NOT_POSSIBLE' }] },
    })
  })

  test('a restart that a person asks for is no incident', async () => {
    for (const _ of [1, 2]) expect((await haus.run('restart', 'deaf')).code).toBe(0)
    const events = await haus.run('events', '--kind', 'incident-opened', '--subject', 'deaf', '--json')
    expect(readEnvelope(events).data).toMatchObject({ events: [] })
  })

  test('Ctrl+C takes the fault away', async () => {
    const { old_pid } = (await drill('deaf', '--fault', 'hang', '--dry-run')).data as { old_pid: number }
    const started = startProgram(['drill', 'heal', 'deaf', '--fault', 'hang', '--yes'], { env: haus.env, timeoutMs: 60_000 })
    await waitUntil(async () => (await stateOf(old_pid)) === 'T', 20_000)
    started.child.kill('SIGINT')
    expect((await started.ended).code).toBe(130)
    expect(await stateOf(old_pid), 'it runs on, or was replaced meanwhile').not.toBe('T')
  })
})

const own = process.geteuid?.() === 0 ? ['-m'] : ['-rm']
const mayMount = process.platform === 'linux' && spawnSync('unshare', [...own, 'true']).status === 0

describe.skipIf(!mayMount)('a drill in a disposable haus, whose home is a small file system (needs a mount namespace of its own)', () => {
  test('disk: what is killed while nothing can be written comes back, and nobody else is disturbed', async () => {
    const small = await createTestHaus()
    onTestFinished(() => small.dispose())
    const [port] = (await freePorts(1)) as [number]
    const catalog = await writeCatalog('small-catalog', toService('web', port))
    const script = `mount -t tmpfs -o size=64m tmpfs "$HOME" && "$@" up >&2 && "$@" drill heal web --fault disk --yes --json; code=$?
      "$@" doctor --quick >&2; "$@" down --yes >&2; exit $code`
    const words = ['unshare', ...own, 'sh', '-c', script, 'sh', process.execPath, join(repository, 'apps/cli/dist/sanctumctl.js')]
    const [command = '', ...args] = words
    const env = { PATH: process.env['PATH'], ...small.env, SANCTUM_CATALOG: catalog }
    const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>((resolve) =>
      execFile(command, args, { env, encoding: 'utf8' }, (failed, out, err) => resolve({ error: failed, stdout: out, stderr: err })),
    )
    expect(error, stdout + stderr).toBeNull()
    const { data } = readEnvelope({ code: 0, stdout, stderr })
    expect(data).toMatchObject({ service: 'web', fault: 'disk', disturbed: [], written: true })
    expect(data['new_pid']).not.toBe(data['old_pid'])
  })
})

/** The letter of the kernel for what a process does; null where it is gone. */
async function stateOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.split(') ')[1]?.[0] ?? null
}

// The haus and the drill have tests of their own; both together take ten seconds more.
if (process.env['SANCTUM_TEST_LONG'] === '1')
  test('a disposable haus is made for a drill', async () => {
    const run = await haus.run('drill', 'heal', 'dashboard', '--disposable', '--json')
    expect([run.code, readEnvelope(run).data], run.stderr).toMatchObject([
      0,
      { service: 'dashboard', fault: 'kill', new_pid: expect.any(Number) },
    ])
  })
