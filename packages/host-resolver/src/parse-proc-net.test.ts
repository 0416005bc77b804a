import { expect, it } from 'vitest'
import { parseProcNet } from './parse-proc-net.ts'

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`

it.each([
  ['0100007F:0457', '127.0.0.1', 1111],
  ['00000000:1F90', '0.0.0.0', 8080],
  ['0A0A0A0A:0016', '10.10.10.10', 22],
  ['00000000000000000000000000000000:1F90', '::', 8080],
  ['00000000000000000000000001000000:1F90', '::1', 8080],
  ['0000000000000000FFFF00000100007F:1F90', '127.0.0.1', 8080],
  ['B80D01200000000000000000010000FF:0050', '2001:db8::ff00:1', 80],
])('reads %s', (local, address, port) => {
  expect(parseProcNet(head + row(local, '0A', 7), 'tcp')).toEqual([{ protocol: 'tcp', address, port, uid: 0, inode: '7' }])
})

it('leaves out connections, and sockets of the other kind', () => {
  expect(parseProcNet(head + row('0100007F:0457', '01', 7), 'tcp')).toEqual([])
  expect(parseProcNet(head + row('0100007F:0457', '07', 7), 'udp')).toHaveLength(1)
  expect(parseProcNet(head + row('0100007F:0457', '01', 7), 'udp')).toEqual([])
  expect(parseProcNet('', 'tcp')).toEqual([])
})
