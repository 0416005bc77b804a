import type { RouterPlace } from '../ports.ts'

export const LOOPBACK = '127.0.0.1'

/** Nobody but this machine is there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Where it is asked, without a path. */
export function toBaseUrl({ host, port, tls }: RouterPlace): string {
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A port of this machine, or the whole address. */
export function toShownPlace(place: RouterPlace): string {
  return place.host === LOOPBACK && place.tls === null ? `port ${place.port}` : toBaseUrl(place)
}
