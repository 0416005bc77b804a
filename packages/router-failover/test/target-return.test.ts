import { expect, test } from 'vitest'
import { createRig } from './request-rig.ts'

test('a primary that hangs behind its hedge gets no more users before one token decides', () => {
  const rig = createRig({ m: { url: 'http://127.0.0.1:1/v1', fallback_urls: ['http://127.0.0.1:2/v1'] } })
  rig.warm('m/0', 'm/1')
  const hung = rig.request()
  hung.begin()
  expect(hung.sleep()).toEqual(['attempt m/1'])
  expect(hung.output(1)).toEqual(['abort 0', 'commit 1'])
  expect(hung.end(1)).toEqual(['finish 1'])
  expect(rig.request().begin()).toEqual(['warm m/0', 'attempt m/1'])
  rig.warmUpEnds('m/0')
  expect(rig.request().begin()).toEqual(['attempt m/0'])
})

test('one client that leaves early says nothing about the primary', () => {
  const rig = createRig({ m: { url: 'http://127.0.0.1:1/v1', fallback_urls: ['http://127.0.0.1:2/v1'] } })
  rig.warm('m/0', 'm/1')
  const request = rig.request()
  request.begin()
  request.sleep()
  request.on({ kind: 'client-gone' })
  expect(rig.request().begin()).toEqual(['attempt m/0'])
})

test('a cloud that said once that it loads is asked again by a user, and only by one', () => {
  const rig = createRig({
    m: { url: 'http://127.0.0.1:1/v1', locality: 'cloud', fallback_urls: [{ url: 'https://c.example/v1', locality: 'cloud' }] },
  })
  const first = rig.request()
  first.begin()
  expect(first.fail(0, { cause: 'status', status: 503, message: 'Model m is currently loading' })).toEqual(['attempt m/1'])
  expect(rig.request().begin()).toEqual(['attempt m/1'])
  rig.nowMs += 2_000
  const trial = rig.request()
  expect(trial.begin()).toEqual(['attempt m/0'])
  expect(rig.request().begin()).toEqual(['attempt m/1'])
  trial.output(0)
  expect(rig.request().begin()).toEqual(['attempt m/0'])
})
