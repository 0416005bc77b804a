import { compareText, type GenerationDocument, type IntentDocument, type Step, type Surface, type TrialDocument } from '@sanctum/contracts'
import { besideOf, folderOf, type HomeLayout, homeLayout, servicesTarget, toPointer } from './home-layout.ts'
import type { GenerationPlan } from './plan-generation.ts'
import { planNote, toJson } from './plan-note.ts'
import { planRepairs } from './plan-repairs.ts'
import { planEndTrial, planTrial } from './plan-trial.ts'

/** What a generation says about its making, beside its files. */
export interface Making {
  readonly node: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly madeFrom: GenerationDocument['made_from']
  /** The resolved haus as JSON. It is kept beside the surfaces and is none of them: it never makes a generation by itself. */
  readonly haus: string
}

export interface CommitPlan {
  /** The generation that `current` names afterwards. */
  readonly generation: number
  /** In order. All of it is durable, and the old or the new generation holds, whenever one of them is the last to be performed. */
  readonly steps: readonly Step[]
  /** What is left to do outside; null where nothing is. */
  readonly intent: IntentDocument | null
}

/**
 * The steps that make a plan hold: note the intent, and the trial where units follow; stage the whole generation in one new
 * directory, its document last, one barrier, swap the pointer, one sync. Nothing outside the home is touched; `planPublish` does that
 * from the intent.
 */
export function planCommit(plan: GenerationPlan, making: Making, trial: TrialDocument | null = null): CommitPlan {
  const { seen, pointer } = plan
  const layout = homeLayout(seen.home)
  const intent = toIntent(plan)
  const steps = [
    ...(intent === null ? [] : planIntent(layout, intent)),
    ...(trial === null ? [] : planTrial(seen.home, trial)),
    ...(pointer.kind === 'new'
      ? planStage(layout, toDocument(plan, pointer.number, making), { surfaces: plan.surfaces, haus: making.haus })
      : []),
    ...(pointer.kind === 'keep' ? planRepairs(layout, plan) : planSwap(layout, layout.current, pointer.number)),
    ...(plan.servicesLink === 'leave' ? [] : planServicesLink(layout, plan.servicesLink)),
  ]
  return { generation: targetOf(plan), steps, intent }
}

/** The steps that make `confirmed` name a generation; what was on trial no longer is. */
export function planConfirm(home: string, number: number): Step[] {
  const layout = homeLayout(home)
  return [...planSwap(layout, layout.confirmed, number), ...planEndTrial(home)]
}

/** The steps that write the intent so that it is durable before anything that follows. */
export function planIntent(layout: HomeLayout, intent: IntentDocument): Step[] {
  return planNote(layout, layout.intent, intent)
}

/** The steps that end a run: nothing is left to do. */
export function planSettle(home: string): Step[] {
  return [{ do: 'remove-file', path: homeLayout(home).intent }]
}

/** The steps that create the link through which other tools read the manifests of the current generation. */
export function planServicesLink(layout: HomeLayout, act: 'make' | 'remove'): Step[] {
  return [
    act === 'make' ? { do: 'link', path: layout.services, to: servicesTarget } : { do: 'remove-file', path: layout.services },
    { do: 'sync-directory', path: layout.home },
  ]
}

function planStage(
  layout: HomeLayout,
  document: GenerationDocument,
  { surfaces, haus }: { readonly surfaces: readonly Surface[]; readonly haus: string },
): Step[] {
  const staging = layout.staging(document.number)
  const folders = new Set(surfaces.map(({ path }) => folderOf(`${staging}/surfaces/${path}`)))
  return [
    { do: 'make-directory', path: `${staging}/surfaces`, mode: '0755' },
    ...[...folders].sort(compareText).map((path): Step => ({ do: 'make-directory', path, mode: '0755' })),
    ...surfaces.map(({ path, mode, content }): Step => ({ do: 'write', path: `${staging}/surfaces/${path}`, mode, content })),
    { do: 'write', path: `${staging}/haus.json`, mode: '0600', content: haus },
    { do: 'write', path: `${staging}/generation.json`, mode: '0644', content: toJson(document) },
    { do: 'rename', from: staging, to: layout.generation(document.number) },
    { do: 'sync-tree', path: layout.generation(document.number) },
    { do: 'sync-directory', path: layout.generations },
    { do: 'sync-directory', path: layout.home },
  ]
}

function planSwap(layout: HomeLayout, pointer: string, number: number): Step[] {
  const beside = besideOf(pointer)
  return [
    { do: 'link', path: beside, to: toPointer(number) },
    { do: 'rename', from: beside, to: pointer },
    { do: 'sync-directory', path: layout.home },
  ]
}

function toIntent(plan: GenerationPlan): IntentDocument | null {
  const { pointer, publications, seen } = plan
  const impact = plan.impact.filter(({ action }) => action !== 'stay')
  if (pointer.kind === 'keep' && publications.length === 0 && impact.length === 0) return null
  return {
    schema_version: 1,
    generation: targetOf(plan),
    previous: seen.current?.number ?? null,
    creates: pointer.kind === 'new',
    publications: [...publications],
    impact,
    owed: [...seen.owed],
  }
}

function targetOf({ pointer, seen }: GenerationPlan): number {
  if (pointer.kind !== 'keep') return pointer.number
  if (seen.current === null) throw new Error('a plan that keeps the pointer needs a current generation')
  return seen.current.number
}

function toDocument(plan: GenerationPlan, number: number, { node, createdAt, madeFrom }: Making): GenerationDocument {
  const encoder = new TextEncoder()
  return {
    schema_version: 1,
    number,
    parent: plan.seen.current?.number ?? null,
    node,
    created_at: createdAt,
    made_from: madeFrom,
    surfaces: plan.surfaces.map(({ content, ...record }) => ({ ...record, size_bytes: encoder.encode(content).length })),
    leftovers: [...plan.leftovers],
  }
}
