import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { createTestHaus, findProcesses, type Run, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'

let haus: TestHaus
beforeEach(async () => {
  haus = await createTestHaus()
})
afterEach(() => haus.dispose())

describe('uninstall', () => {
  test('stops everything, removes what was published, keeps the home; a second time there is nothing to do; up installs again', async () => {
    expect((await haus.run('up')).code).toBe(0)
    // What is remembered of a render that had nothing to do is of no use afterwards.
    for (let times = 0; times < 2; times++) expect((await haus.run('render')).code).toBe(0)
    const planned = await haus.run('uninstall', '--dry-run', '--json')
    expect([planned.code, dataOf(planned).outcome, dataOf(planned).stopped]).toEqual([2, 'planned', ['failsafe', 'dashboard', 'watchdog']])
    expect(await findProcesses(haus.sanctumHome)).toHaveLength(3)
    const gone = await haus.run('uninstall', '--json')
    expect([gone.code, dataOf(gone)]).toMatchObject([
      0,
      { outcome: 'uninstalled', stopped: ['failsafe', 'dashboard', 'watchdog'], kept: [] },
    ])
    expect(dataOf(gone).removed).toEqual(dataOf(planned).removed)
    expect(dataOf(gone).removed.filter((path) => existsSync(path))).toEqual([])
    expect(await findProcesses(haus.sanctumHome)).toEqual([])
    const left = await readdir(haus.sanctumHome)
    expect(left).toEqual(expect.arrayContaining(['.node_id', 'confirmed', 'current', 'generations', 'instance.yaml', 'logs', 'state']))
    expect(left).not.toContain('services')
    expect(await readdir(join(haus.sanctumHome, 'state'))).not.toContain('embedded')

    const again = await haus.run('uninstall', '--json')
    expect([again.code, dataOf(again)]).toMatchObject([0, { outcome: 'unchanged', stopped: [], removed: [] }])
    expect((await haus.run('render', '--check')).code).toBe(2)
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect(readEnvelope(doctor).data['findings']).toMatchObject([{ code: 'NOT_BOOTSTRAPPED' }])
    const up = await haus.run('up', '--json')
    expect([up.code, readEnvelope(up).data]).toMatchObject([0, { status: { verdict: 'healthy', generation: 3, confirmed: 3 } }])
  })

  test('a catalog that is gone stops nobody; what was edited by hand stays and is named', async () => {
    const catalog = join(haus.home, 'catalog')
    await cp(join(repository, 'catalogs/starter'), catalog, { recursive: true })
    expect((await haus.run('up', '--catalog', catalog)).code).toBe(0)
    await rename(catalog, `${catalog}.gone`)
    const edited = join(haus.sanctumHome, '.instance.json')
    await writeFile(edited, `${await readFile(edited, 'utf8')}\n`)
    const gone = await haus.run('uninstall', '--json')
    expect([gone.code, dataOf(gone)]).toMatchObject([0, { outcome: 'uninstalled', kept: [edited] }])
    expect([existsSync(edited), await findProcesses(haus.sanctumHome)]).toEqual([true, []])
    await rename(`${catalog}.gone`, catalog)
  })

  test('--purge asks; without a terminal it names the flag; with it nothing of the home is left but what is not ours', async () => {
    expect((await haus.run('bootstrap', '--write')).code).toBe(0)
    const before = await readdir(haus.sanctumHome)
    const asked = await haus.run('uninstall', '--purge')
    expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')])
    expect(await readdir(haus.sanctumHome)).toEqual(before)
    await writeFile(join(haus.sanctumHome, 'diary.txt'), 'mine\n')
    const purged = await haus.run('uninstall', '--purge', '--yes', '--json')
    expect([purged.code, dataOf(purged).outcome]).toEqual([0, 'uninstalled'])
    expect(await readdir(haus.sanctumHome)).toEqual(['diary.txt'])
    await rm(join(haus.sanctumHome, 'diary.txt'))
    expect((await haus.run('bootstrap', '--write')).code).toBe(0)
    expect((await haus.run('uninstall', '--purge', '--yes')).code).toBe(0)
    expect(existsSync(haus.sanctumHome)).toBe(false)
    const none = await haus.run('uninstall', '--purge', '--json')
    expect([none.code, dataOf(none).outcome, existsSync(haus.sanctumHome)]).toEqual([0, 'unchanged', false])
  })

  test('killed at any moment, the next run finishes it', async () => {
    expect((await haus.run('up')).code).toBe(0)
    // From before the first stop to after the last file, spread over the time that a whole run takes.
    for (const ms of [250, 450, 700, 1000]) {
      const { child, ended } = startProgram(['uninstall'], { env: haus.env })
      await pause(ms)
      child.kill('SIGKILL')
      await ended
    }
    const end = await haus.run('uninstall', '--json')
    expect([end.code, ['uninstalled', 'unchanged']]).toEqual([0, expect.arrayContaining([dataOf(end).outcome])])
    expect(await findProcesses(haus.sanctumHome)).toEqual([])
    expect(existsSync(join(haus.sanctumHome, '.instance.json'))).toBe(false)
    expect(dataOf(await haus.run('uninstall', '--json')).outcome).toBe('unchanged')
  })
})

interface Uninstalled {
  readonly outcome: string
  readonly stopped: readonly string[]
  readonly removed: readonly string[]
  readonly kept: readonly string[]
}

function dataOf(run: Run): Uninstalled {
  return readEnvelope(run).data as unknown as Uninstalled
}
