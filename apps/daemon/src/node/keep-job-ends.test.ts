import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jobEnds, type UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createJobEndKeeper } from './keep-job-ends.ts'

const good = { code: 0, signal: null }
const job = (given: Partial<UnitState>) => buildUnitState('backup', { pid: null, lastExit: good, ...given })

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'job-ends-'))
  onTestFinished(() => rm(home, { recursive: true }))
  return home
}

test('a write that does not end holds up no look, and there is one at a time', async () => {
  let nowMs = 1000
  const writes: { readonly document: unknown; readonly end: () => void }[] = []
  const write = (_: string, document: unknown) => new Promise<void>((resolve) => writes.push({ document, end: resolve }))
  const keep = createJobEndKeeper(await makeHome(), { nowMs: () => nowMs, bootId: 'one', write })
  for (const runs of [1, 2, 3]) {
    await keep(async () => [job({ runs })])
    nowMs += 1000
  }
  expect(writes).toHaveLength(1)
  writes[0]?.end()
  await vi.waitFor(() => expect(writes).toHaveLength(2))
  expect(jobEnds.parse(writes[1]?.document).jobs['backup']).toMatchObject({ runs: 3, last_exit_at_ms: 2000, last_exit_by_ms: 3000 })
})

test('the next watchdog goes on where the one before it was', async () => {
  const home = await makeHome()
  let nowMs = 1000
  const ports = { nowMs: () => nowMs, bootId: 'one' }
  await createJobEndKeeper(home, ports)(async () => [job({ runs: 1 })])
  await vi.waitFor(async () => expect(JSON.parse(await readFile(`${home}/state/job-ends.json`, 'utf8')).seen_at_ms).toBe(1000))
  nowMs = 90_000
  const [state] = await createJobEndKeeper(home, ports)(async () => [job({ runs: 2 })])
  expect([state?.lastExitAtMs, state?.lastExitByMs]).toEqual([1000, 90_000])
})

test('a look that was asked for before another one, and answered after it, takes nothing back', async () => {
  let nowMs = 1000
  const keep = createJobEndKeeper(await makeHome(), { nowMs: () => nowMs, bootId: 'one', write: async () => {} })
  await keep(async () => [job({ pid: 9, runs: 1, lastExit: null })])
  let answer = (_: UnitState[]): void => {}
  const late = keep(() => new Promise((resolve) => (answer = resolve)))
  nowMs = 2000
  await keep(async () => [job({ runs: 1 })])
  answer([job({ pid: 9, runs: 1, lastExit: null })])
  await late
  nowMs = 3000
  const [state] = await keep(async () => [job({ runs: 1 })])
  expect([state?.lastExitAtMs, state?.lastExitByMs]).toEqual([1000, 2000])
})
