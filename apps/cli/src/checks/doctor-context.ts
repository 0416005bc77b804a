import type { CheckOutcome, Finding, Haus, HausStatus, HostObservations, Loss, UnitState } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { JournalEnd } from '@sanctum/journal'
import { type CommandContext, Refused, type UsageProblem } from '../command.ts'
import { tryCatalog } from '../haus/kept-haus.ts'
import type { LoadedHaus } from '../haus/load-haus.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'
import { readHeldHaus } from '../haus/read-held-haus.ts'
import { isBare } from '../haus/require-generation.ts'
import type { InspectPort } from '../ports.ts'
import { Blocked } from './blocked.ts'

/** When a doctor that is not quick ends, whatever has not answered. */
export const DOCTOR_DEADLINE_MS = 15_000
/** What the looks leave of it for the telling. */
const TELLING_MS = 2_000

/**
 * What the checks of doctor ask about. Each thing is looked at once, when the first check asks for it.
 *
 * There are two hauses, and after a rollback, or before what was edited is rendered, they differ. Whoever judges what runs asks `held`: a
 * service that nobody rendered is not down, and one that the catalog dropped still runs. Whoever judges the text of the catalog, or what it
 * needs to be rendered, asks `loaded`. What a render would change is `plan`, which goes by `wanted`.
 */
export interface DoctorContext {
  readonly command: CommandContext
  /** What today's catalog says. While it cannot be used, a check that asks for it is blocked. */
  readonly loaded: LoadedHaus
  /** What keeps the catalog from being used; null where it can be. */
  readonly unusable: readonly Finding[] | null
  /** What a render goes by: today's catalog, or, where that cannot be used, what the current generation was made from. */
  readonly wanted: Haus
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
  const loading = await tryCatalog(command)
  const haus = loading.kind === 'usable' ? loading.loaded.haus : loading.haus
  const probeMs = () => (deadlineMs === null ? QUICK_LOOK_MS : Math.max(1, Math.round(begun + deadlineMs - TELLING_MS - clock.monotonic())))
  const held = once(() => readHeldHaus(command.ports, haus))
  return {
    command,
    get loaded() {
      if (loading.kind === 'usable') return loading.loaded
      throw new Blocked(blockedByCatalog.reason)
    },
    unusable: loading.kind === 'usable' ? null : toFindings(loading.error),
    wanted: haus,
    isBare: once(() => isBare(command)),
    plan: once(async () => planRender(command, { haus }, {})),
    units: once(() => command.ports.units(held()).list()),
    listeners: once(() => command.ports.drift.listeners()),
    held,
    status: once(() => observeStatus(command, held(), { longestMs: probeMs() })),
    journalEnd: once(() => command.ports.journal.end()),
    inspect: once(() => command.ports.inspect()),
    probeMs,
  }
}

/** What a check says that has nothing to ask while the catalog cannot be used. */
export const blockedByCatalog = {
  kind: 'blocked',
  reason: 'the catalog cannot be used; the check catalog says why',
} as const satisfies CheckOutcome

function toFindings(error: Refused | UsageProblem): readonly Finding[] {
  if (error instanceof Refused) return error.findings
  return [{ code: 'MISSING_FILE', severity: 'error', message: error.message, subject: 'catalog', fix: { text: error.hint } }]
}

function once<T>(look: () => T): () => T {
  let seen: { readonly what: T } | undefined
  return () => {
    seen ??= { what: look() }
    return seen.what
  }
}
