import { expect, it } from 'vitest'
import { parseLsof } from './parse-lsof.ts'

/** `lsof -nP -iTCP -sTCP:LISTEN -iUDP -F pgcPn` as macOS prints it. */
const recorded = `p412
g412
crapportd
f10
PTCP
n*:49152
f11
PTCP
n*:49152
p1337
g1337
cOllama
f3
PTCP
n127.0.0.1:11434
p1400
g1400
cmDNSResponder
f6
PUDP
n*:5353
f7
PUDP
n*:*
p1500
g1500
cnode
f20
PTCP
n[::1]:1111
f21
PUDP
n10.10.10.1:53124->10.10.10.10:53
`

it('reads processes, protocols and addresses, and leaves out what listens nowhere', () => {
  expect(parseLsof(recorded)).toEqual([
    { protocol: 'tcp', address: '0.0.0.0', port: 49_152, pid: 412, process_group: 412, program: 'rapportd' },
    { protocol: 'tcp', address: '0.0.0.0', port: 49_152, pid: 412, process_group: 412, program: 'rapportd' },
    { protocol: 'tcp', address: '127.0.0.1', port: 11_434, pid: 1337, process_group: 1337, program: 'Ollama' },
    { protocol: 'udp', address: '0.0.0.0', port: 5353, pid: 1400, process_group: 1400, program: 'mDNSResponder' },
    { protocol: 'tcp', address: '::1', port: 1111, pid: 1500, process_group: 1500, program: 'node' },
  ])
  expect(parseLsof('')).toEqual([])
})
