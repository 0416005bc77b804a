import { expect, it } from 'vitest'
import { runBriefly } from './run-briefly.ts'

it('tells a program that the system does not take as one that was not started', async () => {
  const options = { deadlineMs: 5000, env: {} }
  expect(await runBriefly('/bin/true', ['x'.repeat(4_000_000)], options)).toEqual({ kind: 'not-started', why: 'E2BIG' })
  expect(await runBriefly('/nowhere/true', [], options)).toEqual({ kind: 'not-started', why: 'ENOENT' })
})
