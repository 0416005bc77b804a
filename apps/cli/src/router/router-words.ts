import type { Haus } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { findRole } from '../haus/roles.ts'
import type { Ports, RouterPlace } from '../ports.ts'
import { LOOPBACK } from './router-place.ts'

/** Where a router answers that nobody placed elsewhere. */
const ROUTER_PORT = 8900

export interface RouterWords {
  readonly host: string
  readonly port: number
  readonly certFile: string | null
  readonly tokenFile: string | null
}

/** How the haus starts its router. */
export async function readRouterWords(context: CommandContext): Promise<RouterWords> {
  try {
    const { haus } = await loadRunningHaus(context)
    const [id] = findRole(haus, 'router')
    return wordsOfService(id === undefined ? undefined : haus.services[id])
  } catch {
    // No haus is needed for a router.
    return toRouterWords([], ROUTER_PORT)
  }
}

export function wordsOfService(service: Haus['services'][string] | undefined): RouterWords {
  return toRouterWords(service?.run?.command ?? [], service?.provides[0]?.port ?? ROUTER_PORT)
}

/** Where it is asked, and by which certificate it is known: its own, unless another one is given. */
export async function readRouterPlace(
  { host, port, certFile }: RouterWords,
  files: Pick<Ports['files'], 'readText'>,
  ca: string | null = null,
): Promise<RouterPlace> {
  if (certFile === null && ca === null) return { host, port, tls: null }
  return { host, port, tls: { ca: ca ?? (certFile === null ? null : await files.readText(certFile)) } }
}

/** What the words of `sanctumd router` say of where it is asked. */
export function toRouterWords(command: readonly string[], port: number): RouterWords {
  const after = (flag: string): string | null => {
    const index = command.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
    if (index < 0) return null
    return command[index] === flag ? (command[index + 1] ?? null) : (command[index]?.slice(flag.length + 1) ?? null)
  }
  const bind = after('--bind') ?? LOOPBACK
  // Who listens everywhere is there over loopback too.
  const host = bind === '0.0.0.0' || bind === '::' ? LOOPBACK : bind
  return { host, port, certFile: after('--tls-cert'), tokenFile: after('--token-file') }
}
