import { expect, test } from 'vitest'
import { findListenerUid } from './find-listener-uid.ts'

const row = (address: string, port: number, uid: number, state = '0A') =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 12345 1 0 100 0 0 10 0`
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const ALL = '0'.repeat(32)

test.each([
  ['who bound loopback', [row('0100007F', 8900, 1000)], [], 1000],
  ['who bound all addresses', [row('00000000', 8900, 1001)], [], 1001],
  ['who bound all addresses of both kinds', [], [row(ALL, 8900, 1002)], 1002],
  ['loopback before all addresses', [row('00000000', 8900, 1001), row('0100007F', 8900, 1000)], [row(ALL, 8900, 1002)], 1000],
  ['a connection is no listener', [row('0100007F', 8900, 1000, '01')], [], null],
  ['another port', [row('0100007F', 8901, 1000)], [], null],
  ['another address', [row('0200007F', 8900, 1000)], [], null],
  ['no table', [], [], null],
])('%s', (_, tcp, tcp6, expected) => {
  expect(findListenerUid([HEAD, ...tcp].join('\n'), [HEAD, ...tcp6].join('\n'), 8900)).toBe(expected)
})
