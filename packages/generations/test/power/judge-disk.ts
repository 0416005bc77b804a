import { hasErrors } from '@sanctum/contracts'
import type { FileSystem } from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import { apply, file, unit } from '../haus.ts'
import { createTreeFileSystem, type Ground } from './tree-file-system.ts'

export const home = '/disk/sanctum'
export const units = '/disk/units'

export function open(fileSystem: FileSystem): Generations {
  return createGenerations({ home, roots: [units], fileSystem })
}

/** What the machine holds between two acts: the set that `current` names, the files outside, the number that is confirmed. */
export interface Version {
  readonly inside: string
  readonly outside: ReadonlyMap<string, string>
  readonly confirmed: number
}

/** What a disk turned out to be. Versions are bits of a set; a set of several says that they are alike there. */
export interface Outcome {
  /** Wrong whatever was promised. */
  readonly problem: string | null
  /** As found, before anything was recovered. */
  readonly inside: number
  /** For each published file. */
  readonly files: readonly number[]
  readonly confirmed: number
  /** What is current is neither confirmed nor noted as being on trial. */
  readonly isUnguarded: boolean
  /** After the recovery: versions that both what `current` names and all files outside are of. */
  readonly recovered: number
}

export function takeVersion(fileSystem: FileSystem): Version {
  return {
    inside: readInside(fileSystem) ?? 'damaged',
    outside: new Map(
      fileSystem.readDirectory(units).flatMap((name) => (name.startsWith('.') ? [] : [[name, readOne(fileSystem, `${units}/${name}`)]])),
    ),
    confirmed: readConfirmed(fileSystem),
  }
}

export interface Known {
  readonly versions: readonly Version[]
  /** Contents of files that are not Sanctum's. */
  readonly treasures: readonly string[]
}

/** Looks at a disk as a machine does that starts on it: what stands, the real recovery, again, and the next run. */
export async function judgeDisk(disk: Ground, known: Known): Promise<Outcome> {
  let changes = 0
  const fileSystem = createTreeFileSystem({
    ground: disk,
    onEffect: ({ kind }) => {
      if (kind === 'entries') changes++
    },
  })
  const found = { ...see(fileSystem, known), recovered: 0 }
  if (found.inside === 0) return { ...found, problem: describeInside(fileSystem) }

  const { fault, outcome } = await open(fileSystem).recover()
  if (fault !== null) return { ...found, problem: `the recovery failed: ${fault.message}` }
  const { inside, files } = see(fileSystem, known)
  const recovered = files.reduce((common, versions) => common & versions, inside)
  if ((inside & found.inside) === 0) return { ...found, problem: `the recovery changed what current holds (${outcome})` }
  const left = listLeft(fileSystem, known)
  if (left.length > 0) return { ...found, recovered, problem: `left behind: ${left.join()}` }

  changes = 0
  await open(fileSystem).recover()
  if (changes > 0) return { ...found, recovered, problem: 'a second recovery changed something' }
  return { ...found, recovered, problem: await judgeNextRun(fileSystem, known) }
}

/** What is wrong while a promise holds; null where nothing is. */
export function holdPromise(
  { problem, inside, files, confirmed, isUnguarded, recovered }: Outcome,
  promise: { readonly inside: number; readonly outside: number; readonly confirmed: number; readonly guarded: number },
): string | null {
  if (problem !== null) return problem
  if ((inside & promise.inside) === 0) return 'what was acknowledged is lost'
  if (files.some((versions) => (versions & promise.outside) === 0)) return 'a published file is neither the old nor the new'
  if ((confirmed & promise.confirmed) === 0) return 'the confirmed generation is another'
  if (isUnguarded && (inside & promise.guarded) !== 0) return 'what is tried is not noted as being on trial'
  return (recovered & promise.inside) === 0 ? 'after the recovery the published files are not of the current generation' : null
}

function see(fileSystem: FileSystem, { versions }: Known): Pick<Outcome, 'problem' | 'inside' | 'files' | 'confirmed' | 'isUnguarded'> {
  const which = (is: (version: Version) => boolean) => versions.reduce((set, version, index) => (is(version) ? set | (1 << index) : set), 0)
  const names = [...new Set(versions.flatMap(({ outside }) => [...outside.keys()]))].sort()
  const inside = readInside(fileSystem)
  const confirmed = readConfirmed(fileSystem)
  return {
    problem: null,
    isUnguarded: isUnguarded(fileSystem),
    inside: which((version) => version.inside === inside),
    confirmed: which((version) => version.confirmed === confirmed),
    files: names.map((name) => {
      const text = readOne(fileSystem, `${units}/${name}`)
      return which(({ outside }) => (outside.get(name) ?? ABSENT) === text)
    }),
  }
}

const ABSENT = 'absent'
const NONE = 'none'

/** All that the current generation holds; null where it is not whole. */
function readInside(fileSystem: FileSystem): string | null {
  const generations = open(fileSystem)
  const { current } = generations.readPointers()
  if (current.kind !== 'set') return current.kind === 'none' ? NONE : null
  const reading = generations.read(current.number)
  return reading.kind === 'whole' ? JSON.stringify([reading.surfaces, generations.readHaus(current.number)]) : null
}

function readConfirmed(fileSystem: FileSystem): number {
  const generations = open(fileSystem)
  const { confirmed } = generations.readPointers()
  if (confirmed.kind !== 'set') return confirmed.kind === 'none' ? 0 : -1
  return generations.read(confirmed.number).kind === 'whole' ? confirmed.number : -1
}

function isUnguarded(fileSystem: FileSystem): boolean {
  const generations = open(fileSystem)
  const { current, confirmed } = generations.readPointers()
  if (current.kind !== 'set' || (confirmed.kind === 'set' && confirmed.number === current.number)) return false
  return generations.readTrial()?.generation !== current.number
}

function describeInside(fileSystem: FileSystem): string {
  const { current } = open(fileSystem).readPointers()
  if (current.kind === 'damaged') return `the pointer is lost: ${current.why}`
  if (current.kind === 'none') return 'the pointer is lost'
  return open(fileSystem).read(current.number).kind === 'whole' ? 'a mixture of versions' : 'the current generation is not whole'
}

function readOne(fileSystem: FileSystem, path: string): string {
  const entry = fileSystem.look(path)
  return entry.kind === 'file' ? `${entry.mode} ${new TextDecoder().decode(fileSystem.readFile(path))}` : entry.kind
}

/** Names that only a run in the middle may leave, generations that are not whole, treasures that are gone. */
function listLeft(fileSystem: FileSystem, { versions, treasures }: Known): string[] {
  const generations = open(fileSystem)
  const outside = new Set(versions.flatMap((version) => [...version.outside.keys()]))
  const folders = [home, `${home}/generations`, `${home}/state`]
  return [
    ...folders.flatMap((folder) => fileSystem.readDirectory(folder).filter((name) => name.startsWith('.') || name.includes('unreadable'))),
    ...fileSystem.readDirectory(units).filter((name) => !outside.has(name)),
    ...generations
      .list()
      .flatMap(({ number }) => (generations.read(number).kind === 'whole' ? [] : [`generation ${number}, which is not whole`])),
    ...treasures.filter((text) => !isKept(fileSystem, text)).map((text) => `no copy of "${text}"`),
  ]
}

function isKept(fileSystem: FileSystem, text: string): boolean {
  return [units, `${home}/backups${units}`].some((folder) =>
    fileSystem.readDirectory(folder).some((name) => readOne(fileSystem, `${folder}/${name}`).slice(5) === text),
  )
}

/** Wanted by no story: whatever was found, the machine comes to hold it. */
const next = [unit(units, 'voice', 'voice next'), unit(units, 'next', 'next'), file('services/voice.yaml', 'voice: next')]

async function judgeNextRun(fileSystem: FileSystem, { treasures }: Known): Promise<string | null> {
  const generations = open(fileSystem)
  const { findings } = await apply(generations, next)
  if (hasErrors(findings)) return `the next run was refused: ${findings.map(({ message }) => message).join()}`
  const wanted = next.flatMap(({ publish, mode, content }) => (publish === null ? [] : [[publish, `${mode} ${content}`]]))
  const there = fileSystem
    .readDirectory(units)
    .map((name) => [`${units}/${name}`, readOne(fileSystem, `${units}/${name}`)])
    .filter(([, text = '']) => !treasures.includes(text.slice(5)))
  if (JSON.stringify(there) !== JSON.stringify(wanted.sort())) return 'the next run did not come to hold'
  // A trial that this run has overtaken is cleared away by the one after it.
  await generations.recover()
  return generations.inspect().outcome === 'clean' ? null : 'the next run left something to do'
}
