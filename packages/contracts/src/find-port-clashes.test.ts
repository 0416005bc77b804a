import { expect, test } from 'vitest'
import { findPortClashes, isPortClash } from './find-port-clashes.ts'

const claim = (address: string, port = 8007, protocol = 'tcp') => ({ address, port, protocol })

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['localhost', '127.0.0.1', true],
  ['127.0.0.1', '10.10.10.1', false],
  ['localhost', '10.10.10.1', false],
  ...['0.0.0.0', '::', '*', '[::]'].map((every) => [every, '10.10.10.1', true] as const),
] as const)('one port on %s and on %s: a clash is %s', (a, b, isClash) => {
  expect([isPortClash(claim(a), claim(b)), isPortClash(claim(b), claim(a))]).toEqual([isClash, isClash])
})

test.each([
  ['port', claim('0.0.0.0', 8008)],
  ['protocol', claim('0.0.0.0', 8007, 'udp')],
])('another %s is no clash', (_, other) => {
  expect(isPortClash(claim('0.0.0.0'), other)).toBe(false)
})

test('each claim is told with the first that it meets, also where that one met another', () => {
  const [own, house, every, other] = [claim('127.0.0.1'), claim('10.10.10.1'), claim('0.0.0.0'), claim('10.10.10.1')]
  expect(findPortClashes([own, house, every, other, claim('127.0.0.1', 8008)])).toEqual([
    { first: own, second: every },
    { first: house, second: other },
  ])
  expect(findPortClashes([own, every, other])).toEqual([
    { first: own, second: every },
    { first: every, second: other },
  ])
})
