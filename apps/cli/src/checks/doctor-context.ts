import type { Haus, HausStatus, HostObservations, Loss, UnitState } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { JournalEnd } from '@sanctum/journal'
import type { CommandContext } from '../command.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'
import { readHeldHaus } from '../haus/read-held-haus.ts'
import { isBare } from '../haus/require-generation.ts'
import type { InspectPort } from '../ports.ts'

/** When a doctor that is not quick ends, whatever has not answered. */
export const DOCTOR_DEADLINE_MS = 15_000
/** What the looks leave of it for the telling. */
const TELLING_MS = 2_000

/** What the checks of doctor ask about. Each thing is looked at once, when the first check asks for it. */
export interface DoctorContext {
  readonly command: CommandContext
  readonly loaded: LoadedHaus
  /** Nothing is set up on this machine. */
  readonly isBare: () => boolean
  readonly plan: () => Promise<{ readonly plan: GenerationPlan; readonly losses: readonly Loss[] }>
  readonly units: () => Promise<readonly UnitState[]>
  readonly listeners: () => Promise<Pick<HostObservations, 'listeners' | 'unread'>>
  /** The haus with its services as the generation that holds now describes them, which is what runs. */
  readonly held: () => Haus
  readonly status: () => Promise<HausStatus>
  readonly journalEnd: () => JournalEnd
  readonly inspect: () => Promise<InspectPort>
  /** The longest that one question may still take, ms. */
  readonly probeMs: () => number
}

/** `deadlineMs`: when the whole look ends; a quick one has none, and waits for no answer longer than a second. */
export async function createDoctorContext(command: CommandContext, deadlineMs: number | null = null): Promise<DoctorContext> {
  const { clock } = command.ports
  const begun = clock.monotonic()
  const loaded = await loadHaus(command)
  const { haus } = loaded
  const probeMs = () => (deadlineMs === null ? QUICK_LOOK_MS : Math.max(1, Math.round(begun + deadlineMs - TELLING_MS - clock.monotonic())))
  const held = once(() => readHeldHaus(command.ports, haus))
  return {
    command,
    loaded,
    isBare: once(() => isBare(command)),
    plan: once(async () => planRender(command, loaded, {})),
    units: once(() => command.ports.units(haus).list()),
    listeners: once(() => command.ports.drift.listeners()),
    held,
    status: once(() => observeStatus(command, held(), { longestMs: probeMs() })),
    journalEnd: once(() => command.ports.journal.end()),
    inspect: once(() => command.ports.inspect()),
    probeMs,
  }
}

function once<T>(look: () => T): () => T {
  let seen: { readonly what: T } | undefined
  return () => {
    seen ??= { what: look() }
    return seen.what
  }
}
