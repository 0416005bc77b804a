import { findListenerUid, type SocketTables } from './find-listener-uid.ts'
import { isLoopback } from './router-place.ts'

export interface TokenPlace {
  /** What the host of the place stands for. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly isSecure: boolean
  /** Every address of this machine. */
  readonly own: readonly string[]
  readonly tables: SocketTables
  /** Of who asks; undefined where the system knows none. */
  readonly uid: number | undefined
}

/**
 * Why the token of the haus is not shown there; null where it may be. It opens this haus alone, so it stays on this machine; and over plain
 * http, where nobody shows who he is, only a program of the same user or of root gets to see it.
 */
export function judgeTokenPlace({ addresses, port, isSecure, own, tables, uid }: TokenPlace): string | null {
  const stranger = addresses.find((address) => !isLoopback(address) && !own.includes(address))
  if (addresses.length === 0) return 'its name leads to no address'
  if (stranger !== undefined) return `the token of this haus is not sent to another machine, and ${stranger} is none of its addresses`
  // Who has a certificate that is trusted has shown who he is.
  if (isSecure) return null
  if (!addresses.every(isLoopback)) return 'a token is not sent by plain http to another address than loopback'
  const owners = addresses.map((address) => findListenerUid(tables, address, port))
  if (owners.includes('no-table')) return null
  const foreign = owners.find((owner) => typeof owner === 'number' && owner !== 0 && owner !== uid)
  if (foreign !== undefined) return `another user (uid ${foreign}) listens there`
  return owners.some((owner) => typeof owner === 'number') ? null : NOBODY
}

/** Told apart, since a port on which nobody listens is told in simpler words. */
export const NOBODY = 'the system names no program that listens there, so nobody can tell whose it is'
