import { dirname, join } from 'node:path'
import type { Run } from '../support/test-haus.ts'
import { below, diffStates, type HomeState, isHidden, readCurrent } from './home-state.ts'
import type { Phase, Position } from './phase-of.ts'
import type { Errno, Refusing } from './strike.ts'

/** What a home held before a command, and what it holds after it undisturbed. */
export interface Ends {
  readonly old: HomeState
  readonly fresh: HomeState
}

/** The old or the new generation, whole, and outside each file old or new. */
export function judgeStanding({ old, fresh }: Ends, state: HomeState): string[] {
  const [before, after, now] = [old, fresh, state].map(readCurrent)
  if (now !== before && now !== after) return [`current names generation ${now}; ${before} and ${after} would be right`]
  const side = now === after ? fresh : old
  const isWhole = now === null || below(state, `.sanctum/generations/${now}`) === below(side, `.sanctum/generations/${now}`)
  const outside = new Set([...old.keys(), ...fresh.keys(), ...state.keys()].filter(isOutside))
  return [
    ...(isWhole ? [] : [`generation ${now} is not whole`]),
    ...[...outside].flatMap((path) => {
      const found = state.get(path)
      if (found === old.get(path) || found === fresh.get(path)) return []
      return [`${path} is ${found ?? 'missing'}: neither old nor new`]
    }),
  ]
}

/**
 * All that is wanted, and nothing beside it. Under which number it holds is another question: a trial whose run was killed may have
 * been taken back before it was made again. So is when it is confirmed, and with it which older generations are still there.
 */
export function judgeEnd({ old, fresh }: Ends, state: HomeState): string[] {
  const [wanted, current] = [fresh, state].map(readCurrent)
  const known = new Set([old, fresh].flatMap((end) => listGenerations(end).map((number) => readSurfaces(end, number))))
  const confirmed = state.get('.sanctum/confirmed')
  return [
    ...(readSurfaces(state, current) === readSurfaces(fresh, wanted) ? [] : [`generation ${current} is not what is wanted`]),
    ...listGenerations(state).flatMap((number) =>
      known.has(readSurfaces(state, number)) ? [] : [`generation ${number} is neither old nor new`],
    ),
    ...([undefined, old.get('.sanctum/confirmed'), `-> generations/${current}`].includes(confirmed) ? [] : [`confirmed is ${confirmed}`]),
    ...diffStates(withoutGenerations(fresh), withoutGenerations(state)),
    ...findLeftovers(state),
  ]
}

function listGenerations(state: HomeState): string[] {
  return [...state.keys()].flatMap((path) => /^\.sanctum\/generations\/(\d+)$/.exec(path)?.[1] ?? [])
}

/** The files of a generation, one text for all of them. */
function readSurfaces(state: HomeState, number: string | null | undefined): string {
  const folder = `.sanctum/generations/${number}/surfaces/`
  return [...state].flatMap(([path, entry]) => (path.startsWith(folder) ? [`${path.slice(folder.length)} ${entry}`] : [])).join('\n')
}

function withoutHidden(state: HomeState): HomeState {
  return new Map([...state].filter(([path]) => !isHidden(path)))
}

function withoutGenerations(state: HomeState): HomeState {
  return new Map([...state].filter(([path]) => !/^\.sanctum\/(current$|confirmed$|generations\/)/.test(path)))
}

/** Where files are published or bootstrapped: all but the generations, the notes of a run and the names it hides. */
function isOutside(path: string): boolean {
  return !/^\.sanctum\/(generations|state|current$|confirmed$)/.test(path) && !isHidden(path)
}

const exitOf: Readonly<Record<Errno, number>> = { ENOSPC: 73, EIO: 73, EROFS: 73, EACCES: 77, EMFILE: 69 }

/** SQLite does without some of its calls, and of the others it says its own word for what failed; jottings only spare work. */
const mayDoWithout: ReadonlySet<Phase> = new Set(['journal', 'lock', 'memo'])

export interface Refusal extends Position, Refusing {
  /** How the command ends where nothing disturbs it. */
  readonly exit: number
}

/** The exit code of the table; path, errno and what to type in the message; nothing half-made left where tidying up was possible. */
export function judgeRefusal({ old, fresh }: Ends, { code, stderr }: Run, state: HomeState, refusal: Refusal): string[] {
  const { errno, forEver, at, phase, exit } = refusal
  // What can never be removed stays for a machine that is well again; what an earlier run left goes with a run that ends well.
  const left = forEver ? [] : findLeftovers(new Map([...state].filter(([path]) => !old.has(path))))
  if (code === exit && (at.isFutile || mayDoWithout.has(phase)))
    return [...diffStates(fresh, withoutHidden(state)).map((line) => `it ended with ${exit}, and ${line}`), ...left]
  const isSqlite = /failed: SQLITE_\w+/.test(stderr)
  return [
    ...(code === exitOf[errno] || (isSqlite && code === exitOf.EIO) ? [] : [`it ended with ${code}, not ${exitOf[errno]}: ${stderr}`]),
    ...(stderr.includes(errno) || isSqlite ? [] : [`the message does not name ${errno}: ${stderr}`]),
    ...judgeMessage(stderr, forEver ? '.' : dirname(at.path)),
    ...left,
  ]
}

/** A message names the path, which lies in that folder of the home, and what to type next. */
export function judgeMessage(stderr: string, folder = '.'): string[] {
  return [
    ...(stderr.includes(join('/home', folder)) ? [] : [`the message names no path in ${folder}: ${stderr}`]),
    ...(/^ +next {2}\S/m.test(stderr) ? [] : [`the message does not say what comes next: ${stderr}`]),
  ]
}

/** Names that only a run in the middle leaves. */
export function findLeftovers(state: HomeState): string[] {
  return [...state.keys()].filter((path) => isHidden(path)).map((path) => `${path} is left behind`)
}
