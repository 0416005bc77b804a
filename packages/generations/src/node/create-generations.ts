import {
  compareText,
  Fault,
  type Finding,
  type GenerationDocument,
  hasErrors,
  type IntentDocument,
  type Pin,
  type Step,
  type Surface,
  type TrialDocument,
  type UnitImpact,
} from '@sanctum/contracts'
import { toBesidePaths } from '../beside-paths.ts'
import type { FileSystem } from '../file-system.ts'
import { homeLayout } from '../home-layout.ts'
import { toLedger } from '../ledger.ts'
import { type CollectPlan, planCollect } from '../plan-collect.ts'
import { type Making, planCommit, planConfirm, planSettle } from '../plan-commit.ts'
import type { GenerationPlan } from '../plan-generation.ts'
import { type PinsSight, planPins } from '../plan-pins.ts'
import { planPublish } from '../plan-publish.ts'
import { planRecover, planSweep, type RecoverPlan, toRecovered } from '../plan-recover.ts'
import type { GenerationReading, GenerationRow } from '../plan-rollback.ts'
import { planEndTrial, planTrial } from '../plan-trial.ts'
import type { LivePublished, Pointer, Remains, Seen } from '../seen.ts'
import { createConfinedFileSystem } from './confined-file-system.ts'
import { digestBytes } from './digest.ts'
import { isKnownTo, observeLive } from './observe-live.ts'
import { performSteps } from './perform-steps.ts'
import { readDocument, readIntent, readPins, readTrial } from './read-documents.ts'
import { findDamage, readNumbers, readPointer, readServicesLink, readText } from './read-home.ts'

/** What a recovery came to. With a fault it could not do all it had to; what it left is as safe as before. */
export interface Recovery extends Pick<RecoverPlan, 'outcome' | 'impact' | 'findings'> {
  readonly fault: Fault | null
}

/** The generations of one home. Whoever calls a method that writes holds the lock. Every method may throw a Fault. */
export interface Generations {
  readonly home: string
  /** Ascending by number. */
  list(): GenerationRow[]
  readPointers(): { readonly current: Pointer; readonly confirmed: Pointer }
  /** The document behind the pointer; null if it names none that can be read. */
  readCurrent(): GenerationDocument | null
  readConfirmed(): GenerationDocument | null
  /** A generation with every file read and compared with its digest. */
  read(number: number): GenerationReading
  /** The text of one surface as it is on the disk; null if it is not there. */
  readSurface(number: number, path: string): string | null
  /** The resolved haus that a generation was made from, as JSON; null where it was not kept. */
  readHaus(number: number): string | null
  observeLive(paths: readonly string[]): LivePublished[]
  /** All that a plan for these surfaces rests on; `beside`: other published paths to look at. Changes nothing, not even a modification time. */
  observe(wanted: readonly Surface[], beside?: readonly string[]): Seen
  /** What a recovery would do, without doing it. */
  inspect(): RecoverPlan
  /** First act of every run that writes: takes back or finishes what an interrupted one left. A refused write is told, not thrown. */
  recover(): Promise<Recovery>
  /** What is on trial as it was noted; null where nothing is, or what was noted cannot be read. */
  readTrial(): TrialDocument | null
  /** Makes the plan hold in the home; durable when it returns. Gives the number that `current` names now. The trial is noted before. */
  commit(plan: GenerationPlan, making: Making, trial?: TrialDocument | null): Promise<number>
  /** Brings what lives outside to what the last commit wants. The findings name files that somebody changed meanwhile. */
  publish(): Promise<readonly Finding[]>
  /** Says that the units have followed: nothing of the last commit is left to do. */
  settle(): Promise<void>
  /** Moves `confirmed`; nothing is on trial any more. */
  confirm(number: number): Promise<void>
  /** Notes a trial, or what became of it; durable when it returns. */
  noteTrial(trial: TrialDocument): Promise<void>
  endTrial(): Promise<void>
  readPins(): PinsSight
  /** Makes these the pins; durable when it returns. */
  pin(pins: readonly Pin[]): Promise<void>
  /** Removes old generations, but never current, confirmed or pinned ones, and none while the pins cannot be read. Gives the numbers removed. */
  collect(options: { readonly keep: number }): Promise<readonly number[]>
}

export interface GenerationsOptions {
  /** Absolute. */
  readonly home: string
  /** Absolute folders below which files may be published. */
  readonly roots: readonly string[]
  /** The machine; wrap it to trace, to forbid writing, to inject errors. */
  readonly fileSystem?: FileSystem
}

export function createGenerations({ home, roots, fileSystem }: GenerationsOptions): Generations {
  const fs = fileSystem ?? createConfinedFileSystem({ roots: [home, ...roots] })
  const layout = homeLayout(home)

  async function perform(steps: readonly Step[]): Promise<void> {
    try {
      await performSteps(steps, fs)
    } finally {
      fs.release()
    }
  }

  /** What the machine refuses to take away waits for the next run. */
  async function performTidily(steps: readonly Step[]): Promise<void> {
    try {
      await perform(steps)
    } catch (error) {
      await tidily(sweep)
      throw error
    }
  }

  const sweep = () => perform(released(() => planSweep(observeRemains())))

  /** After a fault it is that one which is told, not what tidying up met. */
  async function tidily(tidy: () => Promise<unknown>): Promise<void> {
    try {
      await tidy()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }

  function released<T>(read: () => T): T {
    try {
      return read()
    } finally {
      fs.release()
    }
  }

  const readPointers = () => ({ current: readPointer(fs, layout.current), confirmed: readPointer(fs, layout.confirmed) })

  function behind(pointer: Pointer): GenerationDocument | null {
    return pointer.kind === 'set' ? readDocument(fs, layout, pointer.number) : null
  }

  /** What the units still have to follow: of the noted run where it holds, else of the one before. */
  function owedOf({ generation, impact, owed }: IntentDocument, current: Pointer): readonly UnitImpact[] {
    return current.kind === 'set' && current.number === generation ? impact : owed
  }

  /** Numbers that count: not the one of a run that never came to hold. */
  function heldNumbers(): number[] {
    const found = readIntent(fs, layout)
    const { current } = readPointers()
    const half = found.kind === 'read' && found.intent.creates && !(current.kind === 'set' && current.number === found.intent.generation)
    return readNumbers(fs, layout).filter((number) => !(half && number === found.intent.generation))
  }

  function readAll(): GenerationDocument[] {
    return heldNumbers().flatMap((number) => readDocument(fs, layout, number) ?? [])
  }

  function list(): GenerationRow[] {
    const { current, confirmed } = readPointers()
    return heldNumbers().map((number) => ({
      number,
      document: readDocument(fs, layout, number),
      isCurrent: current.kind === 'set' && current.number === number,
      isConfirmed: confirmed.kind === 'set' && confirmed.number === number,
    }))
  }

  function read(number: number): GenerationReading {
    const known = heldNumbers()
    if (!known.includes(number)) return { kind: 'unknown', number, known }
    const document = readDocument(fs, layout, number)
    if (document === null) return { kind: 'damaged', number, damage: [{ path: 'generation.json', kind: 'changed', digest: null }] }
    const damage = findDamage(fs, layout, document)
    if (damage.length > 0) return { kind: 'damaged', number, damage }
    return {
      kind: 'whole',
      document,
      surfaces: document.surfaces.map(({ size_bytes: _, ...record }) => ({ ...record, content: textOf(number, record.path) ?? '' })),
    }
  }

  const textOf = (number: number, path: string) => readText(fs, `${layout.surfaces(number)}/${path}`)

  function observe(wanted: readonly Surface[], beside: readonly string[] = []): Seen {
    const pointers = readPointers()
    const current = behind(pointers.current)
    const ledger = toLedger(readAll())
    const found = readIntent(fs, layout)
    const paths = new Set([...wanted.flatMap(({ publish }) => publish ?? []), ...ledger.keys(), ...beside])
    return {
      home,
      roots,
      pointers:
        current === null && pointers.current.kind === 'set'
          ? { ...pointers, current: { kind: 'damaged', why: 'its generation.json cannot be read' } }
          : pointers,
      current,
      ledger,
      newest: Math.max(0, ...readNumbers(fs, layout)),
      live: observeLive(fs, [...paths].sort(compareText), isKnownTo(ledger)),
      before: current === null ? new Map() : readBefore(current, wanted),
      damage: current === null ? [] : findDamage(fs, layout, current),
      owed: found.kind === 'read' ? owedOf(found.intent, pointers.current) : [],
      servicesLink: readServicesLink(fs, layout),
    }
  }

  function readBefore(current: GenerationDocument, wanted: readonly Surface[]): Map<string, string> {
    const digests = new Map(wanted.map(({ path, digest }) => [path, digest]))
    const changing = current.surfaces.filter(({ path, digest }) => digests.get(path) !== digest)
    return new Map(changing.map(({ path }) => [path, readSurfaceText(current.number, path)]))
  }

  const readSurfaceText = (number: number, path: string) => textOf(number, path) ?? ''

  function observeRemains(): Remains {
    const intent = readIntent(fs, layout)
    const noted = intent.kind === 'read' ? intent.intent : null
    const candidates = toBesidePaths(home, noted).filter((path) => isThere(path))
    return {
      home,
      roots,
      pointers: readPointers(),
      intent,
      trial: readTrial(fs, layout),
      names: fs.readDirectory(layout.generations),
      beside: candidates,
      live: noted === null ? [] : observePublications(noted),
      servicesLink: readServicesLink(fs, layout),
      holdsNothing: behind(readPointers().current)?.surfaces.length === 0,
    }
  }

  function isThere(path: string): boolean {
    const [seen] = observeLive(fs, [path], () => true)
    return seen !== undefined && seen.linkAbove === null && seen.sight.kind !== 'absent'
  }

  function observePublications({ publications }: IntentDocument): LivePublished[] {
    return observeLive(
      fs,
      publications.map(({ path }) => path),
      () => true,
    )
  }

  async function recover(): Promise<Recovery> {
    const plan = released(() => planRecover(observeRemains()))
    const { outcome, impact, findings } = plan
    try {
      await perform(plan.steps)
      return { outcome, impact, findings: toRecovered(plan), fault: null }
    } catch (error) {
      if (error instanceof Fault) return { outcome, impact, findings, fault: error }
      throw error
    }
  }

  async function commit(plan: GenerationPlan, making: Making, trial: TrialDocument | null = null): Promise<number> {
    requireSound(plan)
    requireUnmoved(plan.seen.pointers.current)
    const { generation, steps } = planCommit(plan, making, trial)
    try {
      await perform(steps)
      return generation
    } catch (error) {
      await tidily(recover)
      throw error
    }
  }

  function requireUnmoved(seen: Pointer): void {
    const now = readPointer(fs, layout.current)
    if (now.kind === 'set' && (seen.kind !== 'set' || seen.number !== now.number) && behind(now) !== null)
      throw new Fault('LOCKED', `current was moved to generation ${now.number} after the plan was made`, {
        path: layout.current,
        retryable: true,
      })
  }

  async function publish(): Promise<readonly Finding[]> {
    const found = released(() => readIntent(fs, layout))
    if (found.kind !== 'read') return []
    const { steps, findings } = released(() => planPublish({ home, roots, intent: found.intent, live: observePublications(found.intent) }))
    await performTidily(steps)
    return findings
  }

  async function confirm(number: number): Promise<void> {
    const { confirmed } = readPointers()
    const isDone = confirmed.kind === 'set' && confirmed.number === number
    await (isDone ? endTrial() : performTidily(planConfirm(home, number)))
  }

  async function endTrial(): Promise<void> {
    if (fs.look(layout.trial).kind !== 'absent') await perform(planEndTrial(home))
  }

  function readOpenTrial(): TrialDocument | null {
    const found = readTrial(fs, layout)
    return found.kind === 'read' ? found.trial : null
  }

  async function collect({ keep }: { readonly keep: number }): Promise<readonly number[]> {
    const { current, confirmed } = readPointers()
    const pins = readPins(fs, layout)
    if (pins.kind === 'unreadable') return []
    const pinned = pins.kind === 'none' ? [] : pins.document.pins.map(({ generation }) => generation)
    const held = [current, confirmed].flatMap((pointer) => (pointer.kind === 'set' ? [pointer.number] : []))
    const { removed, steps }: CollectPlan = planCollect({ home, numbers: readNumbers(fs, layout), held: [...held, ...pinned], keep })
    await performTidily(steps)
    return removed
  }

  return {
    home,
    recover,
    commit,
    publish,
    confirm,
    endTrial,
    collect,
    noteTrial: (trial) => perform(planTrial(home, trial)),
    readTrial: () => released(readOpenTrial),
    readPins: () => released(() => readPins(fs, layout)),
    pin: (pins) => performTidily(planPins(home, pins)),
    list: () => released(list),
    readPointers: () => released(readPointers),
    readCurrent: () => released(() => behind(readPointers().current)),
    readConfirmed: () => released(() => behind(readPointers().confirmed)),
    read: (number) => released(() => read(number)),
    readHaus: (number) => released(() => readText(fs, layout.haus(number))),
    readSurface: (number, path) => released(() => textOf(number, path)),
    observeLive: (paths) => released(() => observeLive(fs, paths, isKnownTo(toLedger(readAll())))),
    observe: (wanted, beside) => released(() => observe(wanted, beside)),
    inspect: () => released(() => planRecover(observeRemains())),
    settle: async () => {
      if (released(() => fs.look(layout.intent)).kind !== 'absent') await perform(planSettle(home))
    },
  }
}

/** A plan that may not be performed, or whose digests are not those of its contents, is a bug of the caller. */
function requireSound({ findings, surfaces, pointer, writes }: GenerationPlan): void {
  if (hasErrors(findings) || !writes) throw new Error('this plan must not be committed: it has errors, or nothing to perform')
  if (pointer.kind !== 'new') return
  const wrong = surfaces.find(({ content, digest }) => digestBytes(content) !== digest)
  if (wrong) throw new Error(`the digest of ${wrong.path} is not that of its content`)
}
