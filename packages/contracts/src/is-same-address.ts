/** Whether one port on both of these addresses would be bound twice: an address of all interfaces meets every other one. */
export function isSameAddress(a: string, b: string): boolean {
  return everywhere.has(a) || everywhere.has(b) || (loopback.get(a) ?? a) === (loopback.get(b) ?? b)
}

const everywhere = new Set(['0.0.0.0', '::', '*', '[::]'])
const loopback: ReadonlyMap<string, string> = new Map([['localhost', '127.0.0.1']])
