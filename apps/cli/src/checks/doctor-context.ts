import type { HausStatus, HostObservations, Loss, UnitState } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'

/** What the checks of doctor ask about. Each thing is looked at once, when the first check asks for it. */
export interface DoctorContext {
  readonly command: CommandContext
  readonly loaded: LoadedHaus
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
    plan: once(async () => planRender(command, loaded, {})),
    units: once(() => command.ports.units(haus).list()),
    listeners: once(() => command.ports.drift.listeners()),
    status: once(() => observeStatus(command, haus, command.options['quick'] === true ? { longestMs: QUICK_LOOK_MS } : {})),
  }
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let seen: Promise<T> | undefined
  return () => {
    seen ??= look()
    return seen
  }
}
