import type { HausStatus, HostObservations, Loss, UnitState } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'
import { isBare } from '../haus/require-generation.ts'

/** What the checks of doctor ask about. Each thing is looked at once, when the first check asks for it. */
export interface DoctorContext {
  readonly command: CommandContext
  readonly loaded: LoadedHaus
  /** Nothing is set up on this machine. */
  readonly isBare: () => boolean
  readonly plan: () => Promise<{ readonly plan: GenerationPlan; readonly losses: readonly Loss[] }>
  readonly units: () => Promise<readonly UnitState[]>
  readonly listeners: () => Promise<Pick<HostObservations, 'listeners' | 'unread'>>
  readonly status: () => Promise<HausStatus>
}

export async function createDoctorContext(command: CommandContext): Promise<DoctorContext> {
  const loaded = await loadHaus(command)
  const { haus } = loaded
  return {
    command,
    loaded,
    isBare: once(() => isBare(command)),
    plan: once(async () => planRender(command, loaded, {})),
    units: once(() => command.ports.units(haus).list()),
    listeners: once(() => command.ports.drift.listeners()),
    status: once(() => observeStatus(command, haus, command.options['quick'] === true ? { longestMs: QUICK_LOOK_MS } : {})),
  }
}

function once<T>(look: () => T): () => T {
  let seen: { readonly what: T } | undefined
  return () => {
    seen ??= { what: look() }
    return seen.what
  }
}
