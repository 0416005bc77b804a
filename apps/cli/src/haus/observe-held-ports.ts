import type { Finding, Haus, ResolvedService } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import { findHeldPorts } from './find-held-ports.ts'

/** Looks now at who listens: a finding for each port of these services that somebody else holds. Without services it looks at nothing. */
export async function observeHeldPorts(
  { ports }: CommandContext,
  haus: Haus,
  services: readonly ResolvedService[],
): Promise<readonly Finding[]> {
  if (services.length === 0) return []
  const [{ listeners }, states] = await Promise.all([ports.drift.listeners(), ports.units(haus).list()])
  return findHeldPorts({ services, listeners, states })
}
