import type { Haus } from '@sanctum/contracts'
import { findRole } from '../../haus/roles.ts'
import type { InspectPort } from '../../ports.ts'

/** What a role of sanctumd answers at one of its addresses. `none`: the haus has no such role with a port here. */
export type RoleAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'silent'; readonly service: string; readonly url: string; readonly why: string }
  | {
      readonly kind: 'answered'
      readonly service: string
      readonly url: string
      readonly status: number
      /** The JSON object that it answered; empty where it was none. */
      readonly document: Readonly<Record<string, unknown>>
    }

/** Our own roles answer within a second; one that takes longer than this is no answer. */
const ROLE_MS = 2000

export async function askRole(
  { ask }: Pick<InspectPort, 'ask'>,
  haus: Haus,
  { role, path, longestMs }: { readonly role: 'watchdog' | 'dashboard' | 'router'; readonly path: string; readonly longestMs: number },
): Promise<RoleAnswer> {
  const [service] = findRole(haus, role)
  const provision = service === undefined ? undefined : haus.services[service]?.provides[0]
  if (service === undefined || provision === undefined) return { kind: 'none' }
  const url = `http://${provision.address}:${provision.port}${path}`
  const answer = await ask(url, Math.min(longestMs, ROLE_MS))
  if (answer.kind === 'silent') return { kind: 'silent', service, url, why: answer.why }
  return { kind: 'answered', service, url, status: answer.status, document: parseObject(answer.body) }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
