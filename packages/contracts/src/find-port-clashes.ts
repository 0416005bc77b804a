/** Who wants or has a port of a machine. */
export interface PortClaim {
  readonly port: number
  readonly protocol: string
  readonly address: string
}

export interface PortClash<Claim extends PortClaim> {
  readonly first: Claim
  readonly second: Claim
}

/** Each claim that clashes with one before it, with the first of those. */
export function findPortClashes<Claim extends PortClaim>(claims: Iterable<Claim>): PortClash<Claim>[] {
  const taken = new Map<number, Claim[]>()
  const clashes: PortClash<Claim>[] = []
  for (const second of claims) {
    const earlier = taken.get(second.port) ?? []
    const first = earlier.find((claim) => isPortClash(claim, second))
    if (first !== undefined) clashes.push({ first, second })
    taken.set(second.port, [...earlier, second])
  }
  return clashes
}

/** Whether only one of two could bind its port: an address of all interfaces meets every other one. */
export function isPortClash(a: PortClaim, b: PortClaim): boolean {
  return a.port === b.port && a.protocol === b.protocol && isMet(a.address, b.address)
}

function isMet(a: string, b: string): boolean {
  return everywhere.has(a) || everywhere.has(b) || (loopback.get(a) ?? a) === (loopback.get(b) ?? b)
}

const everywhere = new Set(['0.0.0.0', '::', '*', '[::]'])
const loopback: ReadonlyMap<string, string> = new Map([['localhost', '127.0.0.1']])
