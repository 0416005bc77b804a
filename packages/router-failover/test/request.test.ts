import { expect, test } from 'vitest'
import { createRig, pair } from './request-rig.ts'

test('an answer is committed at its first output and finished at its end', () => {
  const request = createRig(pair).request()
  expect(request.begin()).toEqual(['attempt m/0'])
  expect(request.output(0)).toEqual(['commit 0'])
  expect(request.end(0)).toEqual(['finish 0'])
  expect(request.loop.phase).toBe('done')
  expect(request.wakeAtMs).toBeNull()
})

test('what fails before its first output is asked elsewhere, until nobody is left', () => {
  const rig = createRig(pair)
  const request = rig.request()
  request.begin()
  expect(request.fail(0, { cause: 'refused', phase: 'connect' })).toEqual(['attempt m/1'])
  expect(request.fail(1, { cause: 'refused', phase: 'connect' })).toEqual([])
  expect(request.sleep(3_000)).toEqual(['warm m/0', 'warm m/1'])
  const rest: string[] = []
  for (let count = 0; count < 50 && request.loop.phase !== 'done'; count++) rest.push(...request.sleep())
  expect(rest.at(-1)).toBe('fail 503 upstream_failed')
})

test('a client that leaves ends everything', () => {
  const request = createRig(pair).request()
  request.begin()
  expect(request.on({ kind: 'client-gone' })).toEqual(['abort 0'])
  expect(request.output(0)).toEqual([])
})
