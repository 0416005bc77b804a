import { Fault, type Finding, type GenerationDocument, type Haus } from '@sanctum/contracts'
import { judgeDefinition, toDefinitionTimes } from '@sanctum/generations'
import { type CommittedUnit, judgeRuntime, type UnitDrift } from '@sanctum/supervisor'
import type { Generations, Ports } from '../ports.ts'
import { findHeldPorts } from './find-held-ports.ts'
import { findUnseen } from './find-unseen.ts'
import type { RuntimeLook } from './look-at-runtime.ts'
import { toUnchecked } from './observe-file-drift.ts'
import { findSupervisor } from './roles.ts'

/** How what runs differs from what was committed, and what could not be looked at. */
export interface UnitDriftReport {
  readonly drift: readonly UnitDrift[]
  /** Ports of the haus on which somebody else listens. */
  readonly held: readonly Finding[]
  readonly unchecked: readonly Finding[]
}

/** Asks the service manager, the kernel and the ports, and judges all of it by the current generation. It only reads. */
export async function observeUnitDrift(
  ports: Ports,
  haus: Haus,
  current: GenerationDocument,
  look: () => Promise<RuntimeLook>,
): Promise<UnitDriftReport> {
  const generations = ports.generations([])
  try {
    const { states: listed, strangers, listeners, unread } = await look()
    const programs = ports.drift.programs(listed.flatMap(({ pid }) => pid ?? []))
    const startedAt = new Map(programs.map(({ pid, startedAtMs }) => [pid, startedAtMs]))
    const supervisor = findSupervisor(haus)
    const { drift, silent } = judgeRuntime({
      committed: listCommitted(generations, current),
      // A manager that does not know when a process started leaves it to the kernel.
      states: listed.map((state) => ({ ...state, startedAtMs: state.startedAtMs ?? startedAt.get(state.pid ?? 0) ?? null })),
      strangers,
      programs,
      supervisor,
      isSameFile: ports.drift.isSameFile,
    })
    const running = Object.values(haus.services).filter(({ id }) => listed.find(({ service }) => service === id)?.pid != null)
    return {
      drift,
      held: findHeldPorts({ services: running, listeners, states: listed }),
      unchecked: findUnseen({ states: listed, silent, unread, supervisor }),
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { drift: [], held: [], unchecked: [toUnchecked('units', `what runs could not be asked: ${error.message}`)] }
  }
}

/** The units that the current generation wants; a service and its timer are one. */
function listCommitted(generations: Generations, current: GenerationDocument): CommittedUnit[] {
  const documents = generations.list().flatMap(({ document }) => document ?? [])
  const times = toDefinitionTimes(current, documents, ({ target, path }, older, newer) => {
    const after = generations.readSurface(newer, path)
    return after !== null && judgeDefinition({ target, path, before: generations.readSurface(older, path), after }) !== 'process'
  })
  const timed = new Set(current.surfaces.flatMap(({ unit, path }) => (unit?.starts && path.endsWith('.timer') ? [unit.service] : [])))
  return current.surfaces.flatMap(({ unit, path, publish, target }): CommittedUnit[] => {
    if (unit === null || path.endsWith('.timer')) return []
    const { service, name, starts } = unit
    return [
      {
        service,
        unit: name,
        starts: starts || timed.has(service),
        file: publish,
        digest: target === 'embedded' ? digestWithin(generations.readSurface(current.number, path)) : null,
        definedAtMs: times.get(path) ?? null,
      },
    ]
  })
}

/** The embedded supervisor reports the digest that a definition carries in itself. */
function digestWithin(text: string | null): string | null {
  try {
    const { digest } = JSON.parse(text ?? 'null') as { digest?: unknown }
    return typeof digest === 'string' ? digest : null
  } catch {
    return null
  }
}
