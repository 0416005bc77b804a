import type { Observation, ProbeSpec, ProgramSight, ResolvedProbe, UnitState } from '@sanctum/contracts'
import { type LastRun, type OwnTrouble, type ProbeContext, probeTargets } from '@sanctum/probes'
import { isSilent } from '@sanctum/supervisor'
import type { HausDefinition, ServiceDefinition } from './haus-definition.ts'
import type { Look } from './look.ts'
import { createProbeTracks } from './probe-tracks.ts'
import { createViewer, type HausView, type Units } from './view-haus.ts'
import { createMyselfWatch, type MyselfPorts } from './watch-myself.ts'
import { createStartWatch, type StartPorts, type StartStage } from './watch-starts.ts'

export interface WatchPorts extends MyselfPorts, StartPorts {
  /** Everything that the service manager of this machine has for us. */
  readonly listUnits: (definition: HausDefinition) => Promise<readonly UnitState[]>
  readonly readLastRun: (definition: HausDefinition, service: string) => Promise<LastRun | null>
  /** What a process runs; null where nobody can say. */
  readonly observeProgram: (pid: number) => ProgramSight | null
  readonly observe: (probe: ResolvedProbe, context: ProbeContext, signal: AbortSignal) => Promise<Observation>
}

export interface HausWatch {
  /** Starts what is due, waits for it for `settleMs` at most, judges everything. A look that takes longer counts in a later cycle. */
  look(definition: HausDefinition, settleMs: number): Promise<HausView>
  /** Until something is due. */
  nextDueMs(): number
  /** Every probe, or those of one service, is due with the next look. */
  hurry(service: string | null): void
  /** Calls off what is under way. */
  close(): void
}

/** The unit manager is asked for no longer than this. */
const LIST_MS = 3000

/** Observes and judges the services of a haus, cycle after cycle. It changes nothing. */
export function createHausWatch(ports: WatchPorts): HausWatch {
  const tracks = createProbeTracks(ports)
  const myself = createMyselfWatch(ports)
  const starts = createStartWatch(ports)
  const viewer = createViewer(tracks, starts)
  /** What its manager last said of each unit. */
  let told: ReadonlyMap<string, UnitState> = new Map()

  /** Before any result counts, whether it is our own trouble. */
  async function count(): Promise<OwnTrouble | null> {
    const trouble = await myself.judge(tracks.sockets())
    tracks.count(trouble)
    return trouble
  }

  function planLooks(definition: HausDefinition, units: Units, contexts: ReadonlyMap<string, ProbeContext>): Look[] {
    const nowMs = ports.nowMs()
    return definition.services.flatMap((service) => {
      // While its manager is silent, what holds is what it said last: the same process, and at rest what was at rest.
      const unit = units.last(service)
      return toLooks(service, unit, { context: contexts.get(service.id) as ProbeContext, stage: starts.stage(service, unit, nowMs) })
    })
  }

  async function ask(definition: HausDefinition, units: Units, looks: readonly Look[], settleMs: number): Promise<OwnTrouble | null> {
    tracks.begin(looks)
    await tracks.settle(settleMs)
    const trouble = await count()
    for (const service of definition.services) starts.follow(service, units.last(service), tracks.firstPassMs(service.id), ports.nowMs())
    return trouble
  }

  return {
    async look(definition, settleMs) {
      await starts.recall()
      const units = await listUnits(ports, definition, told)
      told = new Map(definition.services.flatMap((service) => units.last(service) ?? []).map((unit) => [unit.service, unit]))
      for (const service of definition.services) starts.see(service, units.silence(service) !== null, ports.nowMs())
      const contexts = new Map<string, ProbeContext>()
      for (const service of definition.services) contexts.set(service.id, await toContext(ports, definition, service, units.of(service)))
      const trouble = [await count()]
      const plan = (): Look[] => planLooks(definition, units, contexts)
      const first = plan()
      trouble.push(await ask(definition, units, first, settleMs))
      // Whoever has just shown that it is up is asked the rest at once.
      const second = plan()
      if (second.some(({ gated }, index) => !gated && first[index]?.gated === true))
        trouble.push(await ask(definition, units, second, settleMs))
      await starts.remember()
      return viewer.view(definition, units, trouble.findLast((found) => found !== null) ?? null, ports.nowMs())
    },
    nextDueMs: tracks.nextDueMs,
    hurry: tracks.hurry,
    close: tracks.close,
  }
}

async function listUnits({ listUnits }: WatchPorts, definition: HausDefinition, told: ReadonlyMap<string, UnitState>): Promise<Units> {
  if (!definition.services.some(({ hasUnit }) => hasUnit)) return { of: () => null, last: () => null, silence: () => null }
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${LIST_MS} ms`)), LIST_MS)
    })
    return toUnits(await Promise.race([listUnits(definition), late]), told, null)
  } catch (error) {
    return toUnits([], told, error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
  }
}

function toUnits(all: readonly UnitState[], told: ReadonlyMap<string, UnitState>, failure: string | null): Units {
  const listed = new Map(all.filter((unit) => !isSilent(unit)).map((unit) => [unit.service, unit]))
  const untold = new Map(all.filter(isSilent).map((unit) => [unit.service, unit.why]))
  const silence = ({ id, hasUnit }: ServiceDefinition): string | null => {
    const why = hasUnit && !listed.has(id) ? (failure ?? untold.get(id) ?? null) : null
    return why === null ? null : `the service manager does not say: ${why}`
  }
  return {
    of: ({ id }) => listed.get(id) ?? null,
    last: (service) => listed.get(service.id) ?? (silence(service) === null ? null : (told.get(service.id) ?? null)),
    silence,
  }
}

async function toContext(
  ports: WatchPorts,
  definition: HausDefinition,
  service: ServiceDefinition,
  unit: UnitState | null,
): Promise<ProbeContext> {
  const asks = (type: ProbeSpec['type']): boolean => Object.values(service.health).some((probe) => probe?.type === type)
  return {
    provides: service.provides,
    // Its manager has just made sure that the pid is still the same process, by a clock that nobody can set.
    process: unit === null || unit.pid === null ? null : { pid: unit.pid, startedAtMs: null },
    lastRun: asks('job') ? ((await ports.readLastRun(definition, service.id)) ?? lastRunOf(unit)) : null,
    unit,
    unitDigest: asks('unit') ? (definition.units.find((one) => one.service === service.id)?.digest ?? null) : null,
    program: asks('process') && unit?.pid != null ? ports.observeProgram(unit.pid) : null,
  }
}

interface LookPlan {
  readonly context: ProbeContext
  readonly stage: StartStage
}

/** As its manager remembers it, where that says when it was. */
function lastRunOf(unit: UnitState | null): LastRun | null {
  if (unit === null || unit.lastExit === null || unit.lastExitAtMs == null) return null
  const { lastExit, lastExitAtMs, lastExitByMs } = unit
  return { ...lastExit, endedAtMs: lastExitAtMs, ...(lastExitByMs === undefined ? {} : { endedByMs: lastExitByMs }) }
}

/** The first purpose that a service has tells when it is up; until then the others would only find that it is not. */
function toLooks(service: ServiceDefinition, unit: UnitState | null, { context, stage }: LookPlan): Look[] {
  if (unit !== null && isAtRest(service, unit)) return []
  const incarnation = `${unit?.pid ?? ''}/${unit?.startedAtMs ?? ''}`
  const isStarting = stage === 'starting' || unit?.activity === 'starting'
  return probeTargets(service.health, context).map(({ purpose, probe, host }, index) => ({
    service: service.id,
    purpose,
    probe,
    context,
    host,
    incarnation,
    gated: isStarting && index > 0,
    starting: stage === 'starting',
  }))
}

/**
 * What is meant to be down answers nothing, and asking would find somebody else at best. Nor is one asked that nobody has asked for yet: that
 * it is silent would stand against the process that is started next.
 */
function isAtRest({ kind, fallbackOnly }: ServiceDefinition, { activity, wanted }: UnitState): boolean {
  if (kind === 'periodic' || kind === 'oneshot') return false
  return activity === 'stopped' && (wanted !== true || fallbackOnly)
}
