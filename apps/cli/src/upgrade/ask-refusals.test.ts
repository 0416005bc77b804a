import type { RefusalId } from '@sanctum/contracts'
import type { ProgramEnd } from '@sanctum/upgrade/node'
import { expect, test } from 'vitest'
import { type CommandContext, Interrupted } from '../command.ts'
import type { UpgradePort } from '../ports.ts'
import { askRefusals } from './ask-refusals.ts'
import type { PlannedUpgrade } from './plan-change.ts'

/** Asks for one reason where the program that knows ends like this. */
function ask(id: RefusalId, end: ProgramEnd, { signal = new AbortController().signal, dryRun = true } = {}) {
  const ports = {
    clock: { monotonic: () => 0, pause: () => new Promise<void>(() => undefined) },
    files: { toAbsolute: () => '/' },
    environment: {},
    home: '/home',
  }
  const context = { ports, signal, global: { dryRun } } as unknown as CommandContext
  const planned = { git: { sight: {} }, to: 'a'.repeat(40), checkout: '/checkout' } as unknown as PlannedUpgrade
  return askRefusals(context, { self: ['sanctumctl'], run: async () => end } as unknown as UpgradePort, {
    planned,
    despite: [],
    asks: [id],
  })
}

const ended = (code: number, data: object = {}): ProgramEnd => ({ kind: 'ended', code, stdout: JSON.stringify({ data }), tail: [] })

test('told to stop while it asks, it is stopped, and nobody is told of reasons', async () => {
  await expect(ask('doctor-red', { kind: 'stopped', tail: [] }, { signal: AbortSignal.abort() })).rejects.toThrow(Interrupted)
})

test.each([
  [ended(0), []],
  [ended(75, { recall: { state: 'stale' } }), ['UPGRADE_NOT_LOOKED', /changed since they were built, and a plan makes none/]],
  [ended(75, { recall: { state: 'none' } }), ['UPGRADE_NOT_LOOKED', /no build of these pages is known, and a plan makes none/]],
  [ended(64), ['UPGRADE_NOT_LOOKED', /not looked at: it ended with 64/]],
  [{ kind: 'absent', why: 'no launcher' } as const, ['UPGRADE_NOT_LOOKED', /not looked at: no launcher/]],
  [ended(1), ['UPGRADE_DOCS_RED', /does not build/]],
])('a plan says of the documentation what is known: %j', async (end, [code, says]: readonly (string | RegExp)[] = []) => {
  const expected = code === undefined ? [] : [{ code, message: expect.stringMatching(says as RegExp) }]
  expect(await ask('docs-red', end)).toMatchObject(expected)
})
