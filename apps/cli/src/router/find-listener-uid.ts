const LOOPBACK = '0100007F'
const LISTENS = '0A'

/** Whose program takes what is sent to a port of 127.0.0.1, by the tables /proc/net/tcp and /proc/net/tcp6; null where they do not say. */
export function findListenerUid(tcp: string, tcp6: string, port: number): number | null {
  const listeners = `${tcp}\n${tcp6}`.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , uid] = line.trim().split(/\s+/)
    const [address, hex] = local.split(':')
    return state === LISTENS && Number.parseInt(hex ?? '', 16) === port ? [{ address, uid: Number(uid) }] : []
  })
  // Who bound the address itself comes before who bound all of them.
  const [taker] = [
    ...listeners.filter(({ address }) => address === LOOPBACK || address?.endsWith(`FFFF0000${LOOPBACK}`)),
    ...listeners.filter(({ address }) => /^0+$/.test(address ?? '')),
  ]
  return taker?.uid ?? null
}
