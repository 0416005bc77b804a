import { compareText, type ProgramSight, type StrangerUnit, type UnitState } from '@sanctum/contracts'
import { parseFormerId } from './former-unit.ts'
import { isSilent } from './is-silent.ts'
import { lacksMark } from './lacks-mark.ts'

/** One unit that does not run as it was committed. */
export interface UnitDrift {
  readonly kind: 'not-loaded' | 'other-definition' | 'older-than-file' | 'older-than-program' | 'unmanaged' | 'wrong-label' | 'not-wanted'
  readonly service: string
  readonly unit: string
  readonly pid: number | null
  readonly why: string
  readonly expected: string
  readonly observed: string
}

/** A unit as the current generation wants it. */
export interface CommittedUnit {
  readonly service: string
  readonly unit: string
  /** It is to run by itself. */
  readonly starts: boolean
  /** Absolute path at which the manager is to find its definition; null where it is read from the generation. */
  readonly file: string | null
  /** As the definition itself or its record gives it; compared only where the manager says which one it has loaded. */
  readonly digest: string | null
  /** When a generation first wanted it as it is, ms since the epoch; null where that is not known. */
  readonly definedAtMs: number | null
}

export interface RuntimeQuestion {
  readonly committed: readonly CommittedUnit[]
  readonly states: readonly UnitState[]
  readonly strangers: readonly StrangerUnit[]
  readonly programs: readonly ProgramSight[]
  /** The embedded supervisor; while it is down nothing is loaded, and that is told elsewhere. */
  readonly supervisor: string | null
  /** Whether two paths name one file. */
  isSameFile(a: string, b: string): boolean
}

export interface RuntimeJudgement {
  /** Sorted by service. */
  readonly drift: readonly UnitDrift[]
  /** Of these the manager said nothing, so whether they differ could not be checked. */
  readonly silent: readonly UnitState[]
}

/** How what runs differs from what was committed. A unit that a person stopped is no drift. */
export function judgeRuntime(question: RuntimeQuestion): RuntimeJudgement {
  const { committed, states, strangers, supervisor } = question
  const stateOf = new Map(states.map((state) => [state.service, state]))
  const isSupervised = supervisor === null || stateOf.get(supervisor)?.pid != null
  const known = new Set(committed.map(({ service }) => service))
  const drift = [
    ...committed.flatMap((unit) => judgeUnit(question, unit, stateOf.get(unit.service) ?? null, isSupervised)),
    ...states.filter(({ service }) => !known.has(service)).flatMap((state) => judgeUnknown(state, known)),
    ...strangers.map(toUnmanaged),
  ].sort((a, b) => compareText(a.service, b.service) || compareText(a.kind, b.kind))
  return { drift, silent: states.filter(isSilent) }
}

function judgeUnit(question: RuntimeQuestion, unit: CommittedUnit, state: UnitState | null, isSupervised: boolean): UnitDrift[] {
  if (state !== null && isSilent(state)) return []
  if (state === null || !state.loaded) return isSupervised ? judgeNotLoaded(unit, state) : []
  return [
    ...judgeWanted(question, unit, state),
    ...judgeSource(question, unit, state),
    ...judgeAge(unit, state),
    ...judgeProgram(question, unit, state),
  ]
}

function judgeNotLoaded({ service, unit, starts }: CommittedUnit, state: UnitState | null): UnitDrift[] {
  if (!starts || state?.wanted === false) return []
  const why = `the service manager does not know its unit${state === null ? '' : `: ${state.why}`}`
  return [{ kind: 'not-loaded', service, unit, pid: state?.pid ?? null, why, expected: `${unit} loaded`, observed: 'not loaded' }]
}

function judgeWanted({ supervisor }: RuntimeQuestion, { service, unit, starts }: CommittedUnit, state: UnitState): UnitDrift[] {
  if (!starts || !lacksMark(state)) return []
  const then =
    service === supervisor ? 'it is brought back all the same, but no longer because anybody asked for it' : 'once it ends it stays down'
  const why = `it runs (pid ${state.pid}), but the note that it is wanted is gone: ${then}`
  return [{ kind: 'not-wanted', service, unit, pid: state.pid, why, expected: 'a note that it is wanted', observed: 'none' }]
}

function judgeSource({ isSameFile }: RuntimeQuestion, { service, unit, file }: CommittedUnit, state: UnitState): UnitDrift[] {
  const { definitionFile, dropIns, pid } = state
  const base = { kind: 'other-definition', service, unit, pid, expected: file ?? 'its own definition' } as const
  const isOther = file !== null && definitionFile !== null && !isSameFile(definitionFile, file)
  return [
    ...(isOther ? [{ ...base, why: 'its manager has loaded it from another file', observed: definitionFile }] : []),
    ...(dropIns.length > 0 ? [{ ...base, why: 'its manager adds to its definition', observed: dropIns.join(', ') }] : []),
  ]
}

function judgeAge(committed: CommittedUnit, { pid, definitionDigest, needsReload, startedAtMs }: UnitState): UnitDrift[] {
  const { service, unit, digest, definedAtMs } = committed
  const base = { kind: 'older-than-file', service, unit, pid } as const
  if (needsReload)
    return [{ ...base, why: 'its manager has read an older definition', expected: 'the definition on disk', observed: 'an older one' }]
  if (pid === null) return []
  if (definitionDigest !== null && digest !== null) {
    if (definitionDigest === digest) return []
    const [expected, observed] = [digest.slice(0, 12), definitionDigest.slice(0, 12)]
    return [{ ...base, why: `it runs an older definition than the current generation (pid ${pid})`, expected, observed }]
  }
  if (definedAtMs === null || startedAtMs === null || startedAtMs >= definedAtMs - CLOCK_SLACK_MS) return []
  return [
    {
      ...base,
      why: `it was started before its definition was committed (pid ${pid})`,
      expected: `started after ${toTime(definedAtMs)}`,
      observed: toTime(startedAtMs),
    },
  ]
}

/** Managers tell the start of a process in whole seconds. */
const CLOCK_SLACK_MS = 1000

function judgeProgram({ programs }: RuntimeQuestion, { service, unit }: CommittedUnit, { pid }: UnitState): UnitDrift[] {
  const sight = programs.find((candidate) => candidate.pid === pid)
  if (pid === null || sight === undefined || sight.replaced === null) return []
  const { file, how } = sight.replaced
  return [
    {
      kind: 'older-than-program',
      service,
      unit,
      pid,
      why: `pid ${pid} runs what ${file} was when it started; ${how}`,
      expected: `the program that ${file} holds now`,
      observed: how,
    },
  ]
}

function judgeUnknown(state: UnitState, known: ReadonlySet<string>): UnitDrift[] {
  const { service, unit, pid, loaded, activity, why } = state
  const isThere = pid !== null || (loaded && activity !== 'stopped' && activity !== 'completed')
  if (!isThere) return []
  const former = parseFormerId(service)
  if (former !== null && known.has(former))
    return [
      {
        kind: 'wrong-label',
        service: former,
        unit,
        pid,
        why: `it is still ${activity} under a label, or in a domain, that it had before`,
        expected: `only the label and the domain that ${former} has now`,
        observed: unit,
      },
    ]
  return [
    {
      kind: 'unmanaged',
      service,
      unit,
      pid,
      why: `no generation describes it: ${why}`,
      expected: 'nothing of this name',
      observed: activity,
    },
  ]
}

function toUnmanaged({ unit, pid, why }: StrangerUnit): UnitDrift {
  const observed = pid === null ? 'loaded' : `pid ${pid}`
  return { kind: 'unmanaged', service: unit, unit, pid, why, expected: 'nothing of this name', observed }
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
