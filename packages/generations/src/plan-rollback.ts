import type { Finding, GenerationDocument, Surface } from '@sanctum/contracts'
import { type GenerationPlan, planGeneration } from './plan-generation.ts'
import type { Damage, Pointer, Seen } from './seen.ts'
import { toFinding } from './to-finding.ts'

/** A generation as it was found when every file of it was read and compared with its digest. */
export type GenerationReading =
  | { readonly kind: 'whole'; readonly document: GenerationDocument; readonly surfaces: readonly Surface[] }
  | { readonly kind: 'damaged'; readonly number: number; readonly damage: readonly Damage[] }
  | { readonly kind: 'unknown'; readonly number: number; readonly known: readonly number[] }

/** One generation in a list. */
export interface GenerationRow {
  readonly number: number
  /** Null where the document cannot be read. */
  readonly document: GenerationDocument | null
  readonly isCurrent: boolean
  readonly isConfirmed: boolean
}

export type RollbackTarget = { readonly kind: 'found'; readonly number: number } | { readonly kind: 'none'; readonly why: string }

/** Where a roll back without a number goes: to the confirmed generation while another is being tried, else to the one before. */
export function chooseRollback(rows: readonly GenerationRow[], confirmed: Pointer): RollbackTarget {
  const current = rows.find(({ isCurrent }) => isCurrent)
  if (!current) return { kind: 'none', why: 'there is no current generation' }
  if (confirmed.kind === 'set' && confirmed.number !== current.number) return { kind: 'found', number: confirmed.number }
  const parent = rows.find(({ number }) => number === current.document?.parent)
  if (parent) return { kind: 'found', number: parent.number }
  const older = rows.map(({ number }) => number).filter((number) => number < current.number)
  return older.length === 0
    ? { kind: 'none', why: `generation ${current.number} is the oldest` }
    : { kind: 'found', number: Math.max(...older) }
}

export type RollbackPlan =
  | { readonly kind: 'planned'; readonly plan: GenerationPlan }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }

/**
 * A roll back is a plan whose wanted set is what an older generation holds. `current` names that generation again, so it needs
 * next to no room on a full disk, and its files are byte-identical because they are the same files. Only a whole one is accepted.
 */
export function planRollback(
  reading: GenerationReading,
  input: { readonly seen: Seen; readonly force?: boolean; readonly reloadable?: readonly string[] },
): RollbackPlan {
  if (reading.kind === 'unknown') return { kind: 'refused', findings: [toUnknown(reading.number, reading.known)] }
  if (reading.kind === 'damaged') return { kind: 'refused', findings: [toDamaged(reading.number, reading.damage)] }
  return { kind: 'planned', plan: planGeneration({ ...input, wanted: reading.surfaces, generation: reading.document.number }) }
}

function toUnknown(number: number, known: readonly number[]): Finding {
  return toFinding('GENERATION_UNKNOWN', {
    subject: `generation ${number}`,
    message: `there is no generation ${number}`,
    evidence: { expected: known.length === 0 ? 'there is none yet' : known.join(', '), observed: String(number) },
    fix: { text: 'Choose a number from the list.', command: 'sanctumctl generations list', safe: true },
  })
}

function toDamaged(number: number, damage: readonly Damage[]): Finding {
  const files = damage.map(({ path, kind }) => `${path} (${kind})`)
  return toFinding('GENERATION_DAMAGED', {
    subject: `generation ${number}`,
    message: `generation ${number} is not whole: ${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''}`,
    evidence: {
      expected: 'every file as it was committed',
      observed: files.length === 1 ? '1 file that is not' : `${files.length} files that are not`,
    },
    fix: { text: 'Choose another generation, or render the catalog anew.', command: 'sanctumctl generations list', safe: true },
  })
}
