import type { FileChange, GenerationDocument } from '@sanctum/contracts'
import { diffRecords } from './diff-records.ts'
import { diffText } from './diff-text.ts'
import type { GenerationPlan } from './plan-generation.ts'

/** A generation with the text of its surfaces by path. */
export interface WholeGeneration {
  readonly document: GenerationDocument
  readonly texts: ReadonlyMap<string, string>
}

export interface FileDiff {
  readonly path: string
  readonly change: FileChange['kind']
  readonly why: string
  /** Unified diff; empty where only the mode or the meaning of the file changes. */
  readonly text: string
}

/** What would change if the second took the place of the first. */
export function diffGenerations(a: WholeGeneration, b: WholeGeneration): FileDiff[] {
  const names = { before: `generation ${a.document.number}`, after: `generation ${b.document.number}` }
  return diffRecords(a.document.surfaces, b.document.surfaces).map((change) => toFileDiff(change, a.texts, b.texts, names))
}

/** The text behind a plan: each file of the generation that changes, then each file outside that is not Sanctum's. */
export function diffPlan({ changes, seen, surfaces }: GenerationPlan): FileDiff[] {
  const after = new Map(surfaces.map(({ path, content }) => [path, content]))
  const names = { before: seen.current ? `generation ${seen.current.number}` : 'nothing', after: 'wanted' }
  return changes.flatMap((change): FileDiff[] => {
    if (change.place === 'generation') return [toFileDiff(change, seen.before, after, names)]
    return change.diff === undefined ? [] : [{ path: change.path, change: change.kind, why: change.why, text: change.diff }]
  })
}

function toFileDiff(
  { path, kind, why }: FileChange,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  names: { readonly before: string; readonly after: string },
): FileDiff {
  const [from, to] = [before.get(path) ?? null, after.get(path) ?? null]
  const text = from === to ? '' : diffText(from, to, { before: `${path} (${names.before})`, after: `${path} (${names.after})` })
  return { path, change: kind, why, text }
}
