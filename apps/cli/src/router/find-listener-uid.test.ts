import { expect, test } from 'vitest'
import { findListenerUid } from './find-listener-uid.ts'
import { judgeTokenPlace } from './judge-token-place.ts'

const row = (address: string, port: number, uid: number, state = '0A') =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 12345 1 0 100 0 0 10 0`
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const ALL = '0'.repeat(32)
const LOCAL6 = `${'0'.repeat(24)}01000000`
const tablesOf = (tcp: readonly string[], tcp6: readonly string[] = []) => ({
  tcp: [HEAD, ...tcp].join('\n'),
  tcp6: [HEAD, ...tcp6].join('\n'),
})

test.each([
  ['who bound loopback', '127.0.0.1', [row('0100007F', 8900, 1000)], [], 1000],
  ['who bound all addresses', '127.0.0.1', [row('00000000', 8900, 1001)], [], 1001],
  ['who bound all addresses of both kinds', '127.0.0.1', [], [row(ALL, 8900, 1002)], 1002],
  ['loopback before all', '127.0.0.1', [row('00000000', 8900, 1001), row('0100007F', 8900, 1000)], [row(ALL, 8900, 1002)], 1000],
  ['a connection is no listener', '127.0.0.1', [row('0100007F', 8900, 1000, '01')], [], 'nobody'],
  ['another port', '127.0.0.1', [row('0100007F', 8901, 1000)], [], 'nobody'],
  ['another address', '127.0.0.1', [row('0200007F', 8900, 1000)], [], 'nobody'],
  ['another address of loopback', '127.0.0.2', [row('0200007F', 8900, 1003), row('0100007F', 8900, 1000)], [], 1003],
  ['loopback of the newer kind', '::1', [row('0100007F', 8900, 1000)], [row(LOCAL6, 8900, 1004)], 1004],
  ['the same, written out', '0:0:0:0:0:0:0:1', [], [row(LOCAL6, 8900, 1004)], 1004],
  ['0.0.0.0 takes nothing of the newer kind', '::1', [row('00000000', 8900, 1001)], [], 'nobody'],
])('%s', (_, address, tcp, tcp6, expected) => {
  expect(findListenerUid(tablesOf(tcp, tcp6), address, 8900)).toBe(expected)
})

test('a system without such tables says nothing', () => {
  expect(findListenerUid({ tcp: '', tcp6: '' }, '127.0.0.1', 8900)).toBe('no-table')
})

const ours = tablesOf([row('0100007F', 8900, 1000)])
const place = { addresses: ['127.0.0.1'], port: 8900, isSecure: false, own: ['127.0.0.1', '10.0.0.1'], tables: ours, uid: 1000 }

test.each([
  ['a program of ours', {}, null],
  ['a program of root', { tables: tablesOf([row('0100007F', 8900, 0)]) }, null],
  ['another user', { uid: 1001 }, 'another user'],
  [
    'another user on another address of loopback',
    { addresses: ['127.0.0.5'], tables: tablesOf([row('0500007F', 8900, 1001)]) },
    'another user',
  ],
  [
    'another user on one of two addresses',
    { addresses: ['127.0.0.1', '::1'], tables: tablesOf([row('0100007F', 8900, 1000)], [row(LOCAL6, 8900, 7)]) },
    'uid 7',
  ],
  ['nobody is listed', { tables: tablesOf([]) }, 'nobody can tell'],
  ['no table', { tables: { tcp: '', tcp6: '' } }, null],
  ['an address of ours with a certificate', { addresses: ['10.0.0.1'], isSecure: true }, null],
  ['an address of ours without one', { addresses: ['10.0.0.1'] }, 'plain http'],
  ['another machine with a certificate', { addresses: ['10.0.0.2'], isSecure: true }, 'another machine'],
  ['a name of which one address is elsewhere', { addresses: ['10.0.0.1', '10.0.0.2'], isSecure: true }, 'another machine'],
  ['a name without an address', { addresses: [], isSecure: true }, 'no address'],
])('where the token of the haus is shown: %s', (_, change, why) => {
  const told = judgeTokenPlace({ ...place, ...change })
  if (why === null) expect(told).toBeNull()
  else expect(told).toContain(why)
})
