import { type Check, Fault } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { runChecks } from './run-checks.ts'

const now = () => 0
const well: Check<null> = { id: 'well', title: 'well', run: () => ({ kind: 'ran', findings: [], proof: 'it was seen' }) }
const silent: Check<null> = { id: 'silent', title: 'never answers', run: () => new Promise(() => undefined) }
const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })

test('what has not answered at the deadline could not be checked, and is not green; the rest is told', async () => {
  const results = await runChecks([well, silent], null, { now, deadline: { ms: 20, pause } })
  expect(results.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(['well healthy', 'silent could-not-check'])
  expect(results[0]?.proof).toBe('it was seen')
  expect(results[1]?.reason).toBe('no answer within the 0.02 s of the whole run')
})

test('a deadline that is not reached leaves no timer behind', async () => {
  let cleared = false
  const noted = async (_: number, signal: AbortSignal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    cleared = true
  }
  await runChecks([well], null, { now, deadline: { ms: 60_000, pause: noted } })
  await Promise.resolve()
  expect(cleared).toBe(true)
})

test('in order each starts when the one before has ended, and is told of at once', async () => {
  const story: string[] = []
  const check = (id: string, waitMs: number): Check<null> => ({
    id,
    title: id,
    async run() {
      story.push(`begin ${id}`)
      await pause(waitMs, new AbortController().signal)
      return { kind: 'ran', findings: [] }
    },
  })
  await runChecks([check('slow', 15), check('quick', 0)], null, { now, inOrder: true, onResult: ({ id }) => story.push(`end ${id}`) })
  expect(story).toEqual(['begin slow', 'end slow', 'begin quick', 'end quick'])
})

test('a fault of the world could not be checked, a bug is thrown on', async () => {
  const failing = (error: Error): Check<null> => ({ id: 'x', title: 'x', run: () => Promise.reject(error) })
  const [result] = await runChecks([failing(new Fault('TIMED_OUT', 'systemctl did not answer'))], null, { now })
  expect(result?.verdict).toBe('could-not-check')
  await expect(runChecks([failing(new TypeError('a bug'))], null, { now })).rejects.toThrow('a bug')
})
