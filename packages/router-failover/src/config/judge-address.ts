/** Whether what this address names is this machine. */
export function isLoopbackUrl(url: string): boolean {
  const known = loopback.get(url)
  if (known !== undefined) return known
  const is = isLoopbackHost(URL.parse(url)?.hostname ?? '')
  if (loopback.size > 1000) loopback.clear()
  loopback.set(url, is)
  return is
}

/** An address is read once; a route has a handful. */
const loopback = new Map<string, boolean>()

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** This machine, a private network, a tailnet, or a name that no public server has. */
export function isAtHome(host: string): boolean {
  if (isLoopbackHost(host)) return true
  if (host.startsWith('[')) return /^\[f[cde]/.test(host)
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateAddress(host.split('.').map(Number))
  return host !== '' && (!host.includes('.') || /\.(local|lan|home|internal|home\.arpa|ts\.net)$/.test(host))
}

function isPrivateAddress([a, b]: readonly number[]): boolean {
  if (a === 10 || (a === 192 && b === 168) || (a === 169 && b === 254)) return true
  return (a === 172 && isWithin(b, 16, 31)) || (a === 100 && isWithin(b, 64, 127))
}

function isWithin(part: number | undefined, from: number, to: number): boolean {
  return part !== undefined && part >= from && part <= to
}
