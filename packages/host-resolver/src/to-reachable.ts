/** The address on which to ask: who listens everywhere is asked on loopback. */
export function toReachable(address: string | undefined): string {
  return address === undefined || address === '0.0.0.0' || address === '::' || address === '*' ? '127.0.0.1' : address
}
