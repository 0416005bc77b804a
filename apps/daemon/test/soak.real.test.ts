import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { judgeWindow } from '@sanctum/journal'
import { openSoakLedger } from '@sanctum/journal/node'
import { createProcessTable, machineUpMs } from '@sanctum/supervisor/node'
import { expect, test } from 'vitest'
import { createHome, kill, until } from './create-home.ts'

/** The catalog allows no cadence below a minute; this test's own window does. */
const policy = {
  days: 7,
  max_gap_s: 3600,
  required: [
    {
      id: 'passes',
      command: ['sh', '-c', 'echo run >> runs; test ! -e red || { echo it burns >&2; exit 1; }'],
      cadence_s: 1.5,
      deadline_s: 20,
    },
    { id: 'hangs', command: ['sh', '-c', 'sleep 600'], cadence_s: 3600, deadline_s: 1 },
    { id: 'absent', command: ['no-such-program'], cadence_s: 3600, deadline_s: 1 },
  ],
}

test('the daemon records what is required at its cadence, over its own death; without a window it runs nothing', async () => {
  await using home = await createHome()
  await mkdir(join(home.path, 'state'), { recursive: true })
  const bootId = createProcessTable().bootId()
  using ledger = openLedger(home.path, bootId)
  const first = home.start('watchdog', '--port', String(home.ports.watchdog))
  await until('it runs', () => home.log('watchdog').includes('watchdog-started'))
  await ledger.append('window-started', 'stability', { policy, folder: home.path, variables: {}, timezone: 'UTC', by: 'neo' })
  const records = (check: string) => (ledger.read().window?.records ?? []).filter((record) => record.check === check)
  await until('two are there', () => records('passes').length >= 2 && records('hangs').length > 0 && records('absent').length > 0)
  kill(first.pid as number, 'SIGKILL')
  const before = records('passes').length
  await writeFile(join(home.path, 'red'), '')
  home.start('watchdog', '--port', String(home.ports.watchdog))
  await until('the next one goes on', () => records('passes').length > before && records('passes').at(-1)?.outcome === 'red')

  expect(ledger.read().damage).toEqual([])
  expect(records('hangs')).toMatchObject([{ outcome: 'red', finding: 'it did not end within 1 s' }])
  expect(records('absent')[0]).toMatchObject({ outcome: 'unknown', finding: 'no-such-program is not a program of this machine' })
  const window = ledger.read().window
  if (window === null) throw new Error('no window')
  const ups = window.records.filter(({ check }) => check === 'passes').map(({ mark }) => mark.up_ms)
  expect(ups.every((up, index) => index === 0 || up - (ups[index - 1] ?? 0) >= 700)).toBe(true)
  const judged = judgeWindow(window, { at_ms: Date.now(), boot_id: bootId, up_ms: machineUpMs() })
  expect(judged).toMatchObject({ state: 'broken', first_red: { check: 'hangs' }, unknown: [{ check: 'absent' }] })

  await ledger.append('window-aborted', 'stability', { by: 'neo', why: 'enough' })
  const after = ledger.read()
  expect(after.window?.aborted).toMatchObject({ why: 'enough' })
}, 60_000)

function openLedger(home: string, bootId: string) {
  const ledger = openSoakLedger({ folder: join(home, 'state'), now: Date.now, bootId: () => bootId, upMs: machineUpMs })
  return { ...ledger, [Symbol.dispose]: () => ledger.close() }
}
