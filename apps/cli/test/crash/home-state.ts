import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHaus } from './lab-haus.ts'

/** What stands below the home of the operator: by relative path, how a person would describe it. The same in every haus of a lab. */
export type HomeState = ReadonlyMap<string, string>

/** Files that SQLite keeps, and jottings that only spare work, as all notes but two: their bytes differ from run to run. */
const ofJournal = /^\.sanctum\/state\/((journal|lock)\.db|(?!intent|trial)[\w-]+\.json$)/

export function readHomeState({ home, root }: Pick<LabHaus, 'home' | 'root'>): HomeState {
  const state = new Map<string, string>()
  for (const path of list(home, '')) {
    if (!ofJournal.test(path)) state.set(path, describe(join(home, path), root))
  }
  return state
}

/** What only spares the next run work may come with any run, and its folder with it. */
const ofJotting = /^\.sanctum\/state(\/(?!intent|trial)[\w-]+\.json)?$/

/** Names, sizes and times of everything else, SQLite's files included: equal only if nothing was touched. */
export function readTouched(home: string): string {
  return list(home, '')
    .filter((path) => !ofJotting.test(path))
    .map((path) => {
      const { size, mtimeMs, ino } = lstatSync(join(home, path))
      return `${path} ${size} ${mtimeMs} ${ino}`
    })
    .join('\n')
}

/**
 * Stands for all that a following run can see. Where time is short it is taken for granted that what has a name of a run in the middle
 * is only ever removed: then it is there or not, and it does not matter how much of it.
 */
export function digestState({ home }: Pick<LabHaus, 'home'>, state: HomeState, { isShort }: { readonly isShort: boolean }): string {
  const journals = list(home, '').filter((path) => ofJournal.test(path))
  const sizes = journals.map((path) => `${path} ${lstatSync(join(home, path)).size}`)
  const entries = [...state].flatMap(([path, entry]) => {
    if (!isShort || !isHidden(path)) return [[path, entry]]
    return belowHidden.test(path) ? [] : [[path]]
  })
  return createHash('sha256')
    .update(JSON.stringify([entries, sizes]))
    .digest('hex')
}

const belowHidden = /\/\.(staging|trash)-\d+\//

/** Names that only a run in the middle gives. */
export function isHidden(path: string): boolean {
  return /\.sanctum-new$|\/\.(staging|trash)-\d+(\/|$)/.test(path)
}

/** The generation that `current` names; null where it names none. */
export function readCurrent(state: HomeState): string | null {
  return /^-> generations\/(\d+)$/.exec(state.get('.sanctum/current') ?? '')?.[1] ?? null
}

/** The part of a state below a folder. */
export function below(state: HomeState, folder: string): string {
  return JSON.stringify([...state].filter(([path]) => path.startsWith(`${folder}/`)))
}

/** How two states differ, a line for each path. */
export function diffStates(wanted: HomeState, found: HomeState): string[] {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])].sort()
  return paths.flatMap((path) => {
    const [a, b] = [wanted.get(path), found.get(path)]
    if (a === b) return []
    return [b === undefined ? `${path} is missing` : a === undefined ? `${path} is left behind` : `${path} is ${b}, not ${a}`]
  })
}

function list(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => [
      `${prefix}${entry.name}`,
      ...(entry.isDirectory() ? list(join(folder, entry.name), `${prefix}${entry.name}/`) : []),
    ])
}

function describe(path: string, root: string): string {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  const mode = (stats.mode & 0o777).toString(8)
  if (stats.isDirectory()) return `${mode} folder`
  const text = readFileSync(path, 'utf8')
  // What a haus was resolved from is a matter of the moment: a program that is slow to tell its version is left out.
  if (path.endsWith('/haus.json')) return `${mode} ${isJson(text) ? 'whole' : 'torn'}`
  // Nor what differs from haus to haus: where it lies, digests over texts that say so, times, process and boot.
  const content = text
    .replaceAll(root, '')
    .replace(/\b[0-9a-f]{64}\b/g, '')
    .replace(/"(created_at|begun_at|boot_id|start_time)": "[^"]*"|"(begun_up_ms|pid)": [^,\n]*/g, '')
  return `${mode} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
