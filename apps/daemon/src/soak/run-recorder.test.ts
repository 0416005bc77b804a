import type { RequiredCheck, SoakRowKind } from '@sanctum/contracts'
import { parseWindow, type SoakWindow } from '@sanctum/journal'
import type { SoakLedger } from '@sanctum/journal/node'
import { describe, expect, test } from 'vitest'
import { type RecorderPorts, runRecorder } from './run-recorder.ts'

const check = (id: string, cadence_s: number): RequiredCheck => ({ id, command: [id], cadence_s, deadline_s: 60 })

/** A recorder on a machine whose time passes only while it sleeps or works. */
function startLab({ damaged = false, window = true } = {}) {
  const rows: { kind: SoakRowKind; subject: string; data: object; at_ms: number; up_ms: number }[] = []
  const lab = {
    upMs: 1_000,
    running: 0,
    most: 0,
    runs: [] as string[],
    told: [] as string[],
    logged: [] as string[],
    redAt: Number.NaN,
    until: 0,
  }
  const start = () =>
    add('window-started', 'stability', {
      policy: { days: 7, max_gap_s: 60, required: [check('doctor', 60), check('verify', 600)] },
      folder: '/',
      timezone: 'UTC',
      by: 'neo',
    })
  const add = (kind: SoakRowKind, subject: string, data: object) => rows.push({ kind, subject, data, at_ms: lab.upMs, up_ms: lab.upMs })
  const read = (): SoakWindow | null =>
    parseWindow(
      rows.map(({ kind, subject, data, at_ms, up_ms }, index) => ({
        seq: index + 1,
        at_ms,
        kind,
        subject,
        data: { ...data, boot_id: 'boot', up_ms },
      })),
    )
  const ledger: SoakLedger = {
    read: () => ({ window: read(), damage: damaged ? [{ seq: 2, why: 'rows 2 to 2 are missing' }] : [] }),
    append: async (kind, subject, data) => void add(kind, subject, data),
    close: () => {},
  }
  const ending = new AbortController()
  const ports: RecorderPorts = {
    hasLedger: () => rows.length > 0,
    ledger,
    mark: () => ({ at_ms: lab.upMs, boot_id: 'boot', up_ms: lab.upMs }),
    run: async ({ id }) => {
      lab.most = Math.max(lab.most, ++lab.running)
      await Promise.resolve()
      lab.upMs += 2_000
      lab.running--
      lab.runs.push(id)
      const isRed = lab.upMs > lab.redAt
      return { outcome: isRed ? 'red' : 'clean', exit: isRed ? 1 : 0, finding: isRed ? 'it failed' : null, took_ms: 2_000 }
    },
    append: ({ kind, subject }) => void lab.told.push(`${kind} ${subject}`),
    sleep: async (ms) => {
      lab.upMs += ms
      if (lab.upMs >= lab.until) ending.abort()
    },
  }
  if (window) start()
  const live = async (ms: number) => {
    lab.until = lab.upMs + ms
    await runRecorder((_, event) => void lab.logged.push(event), ending.signal, ports)
  }
  return { lab, rows, live, ports, add }
}

describe('the recorder', () => {
  test('runs each check at its cadence, one at a time', async () => {
    const { lab, live } = startLab()
    await live(600_000)
    expect(lab.runs.filter((id) => id === 'doctor')).toHaveLength(10)
    expect(lab.runs.filter((id) => id === 'verify')).toHaveLength(1)
    expect(lab.most).toBe(1)
  })

  test('runs nothing while there is no window, and nothing after it was aborted', async () => {
    const without = startLab({ window: false })
    await without.live(600_000)
    expect(without.lab.runs).toEqual([])
    const aborted = startLab()
    aborted.add('window-aborted', 'stability', { by: 'neo', why: 'moving' })
    await aborted.live(600_000)
    expect(aborted.lab.runs).toEqual([])
  })

  test('a window that is aborted while a command runs gets no record of it', async () => {
    const { live, rows, ports, add } = startLab()
    const run = ports.run
    Object.assign(ports, {
      run: async (...given: Parameters<typeof run>) => {
        add('window-aborted', 'stability', { by: 'neo', why: 'moving' })
        return await run(...given)
      },
    })
    await live(120_000)
    expect(rows.map(({ kind }) => kind)).toEqual(['window-started', 'window-aborted'])
  })

  test('a red is told as an event', async () => {
    const { lab, live } = startLab()
    lab.redAt = 200_000
    await live(300_000)
    expect(lab.told[0]).toBe('stability-broken doctor')
  })

  test('builds nothing on a ledger that is damaged, and says so once', async () => {
    const { lab, live } = startLab({ damaged: true })
    await live(600_000)
    expect(lab.runs).toEqual([])
    expect(lab.logged).toEqual(['soak-failed'])
  })
})
