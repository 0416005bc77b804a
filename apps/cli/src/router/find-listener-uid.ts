import { parseProcNet } from '@sanctum/host-resolver'

/** Whose program takes what is sent to a port of 127.0.0.1, by the tables /proc/net/tcp and /proc/net/tcp6; null where they do not say. */
export function findListenerUid(tcp: string, tcp6: string, port: number): number | null {
  const listeners = [tcp, tcp6].flatMap((table) => parseProcNet(table, 'tcp')).filter((socket) => socket.port === port)
  // Who bound the address itself comes before who bound all of them.
  const [taker] = [
    ...listeners.filter(({ address }) => address === '127.0.0.1'),
    ...listeners.filter(({ address }) => address === '0.0.0.0' || address === '::'),
  ]
  return taker?.uid ?? null
}
