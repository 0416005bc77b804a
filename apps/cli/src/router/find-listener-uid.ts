import { parseProcNet } from '@sanctum/host-resolver'

/** Of the system's tables of sockets, as text; empty where there is none. */
export interface SocketTables {
  readonly tcp: string
  readonly tcp6: string
}

/**
 * Whose program takes what is sent to a port of an address, by the tables /proc/net/tcp and /proc/net/tcp6. `no-table`: this system has none,
 * or it cannot be read. `nobody`: it was read, and has no such listener.
 */
export function findListenerUid({ tcp, tcp6 }: SocketTables, address: string, port: number): number | 'no-table' | 'nobody' {
  if (tcp === '' && tcp6 === '') return 'no-table'
  const listeners = [tcp, tcp6].flatMap((table) => parseProcNet(table, 'tcp')).filter((socket) => socket.port === port)
  const asked = toKernelForm(address)
  // Who bound the address itself comes before who bound all of them; a socket of :: takes what comes to 0.0.0.0 as well.
  const wildcards = asked.includes(':') ? ['::'] : ['0.0.0.0', '::']
  const [taker] = [asked, ...wildcards].flatMap((wanted) => listeners.filter((socket) => socket.address === wanted))
  return taker?.uid ?? 'nobody'
}

/** The shortest form of an address, as `parseProcNet` writes it. */
function toKernelForm(address: string): string {
  const [plain = ''] = address.split('%')
  if (!plain.includes(':')) return plain
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  return mapped ?? new URL(`http://[${plain}]`).hostname.slice(1, -1)
}
