import type { GenerationDocument, IntentDocument, Sight, TrialDocument, UnitImpact } from '@sanctum/contracts'
import type { Ledger } from './ledger.ts'

/** What a pointer in the home says. */
export type Pointer =
  | { readonly kind: 'none' }
  | { readonly kind: 'set'; readonly number: number }
  | { readonly kind: 'damaged'; readonly why: string }

/** The generation that a pointer names; null where it names none. */
export function numberOf(pointer: Pointer): number | null {
  return pointer.kind === 'set' ? pointer.number : null
}

/** What was found at a path outside the generations. */
export interface LivePublished {
  readonly path: string
  readonly sight: Sight
  /** The content of a file that Sanctum did not write, for a diff. */
  readonly text: string | null
  /** A link among the folders above the path; null where there is none. */
  readonly linkAbove: string | null
}

/** How a file inside a generation differs from what was committed. */
export interface Damage {
  readonly path: string
  readonly kind: 'missing' | 'changed' | 'mode' | 'extra'
  /** Of the file or link that is there now; null where nothing is that can be kept. */
  readonly digest: string | null
}

/** What a plan rests on, seen at one moment. */
export interface Seen {
  readonly home: string
  /** Folders below which files may be published. */
  readonly roots: readonly string[]
  readonly pointers: { readonly current: Pointer; readonly confirmed: Pointer }
  /** What `current` holds; null if there is nothing whole to compare with. */
  readonly current: GenerationDocument | null
  readonly ledger: Ledger
  /** The highest number that is in use; 0 for a new home. */
  readonly newest: number
  readonly live: readonly LivePublished[]
  /** Text of each surface of `current` that is to change or go, by path. */
  readonly before: ReadonlyMap<string, string>
  readonly damage: readonly Damage[]
  /** What an interrupted run still owes to the units. */
  readonly owed: readonly UnitImpact[]
  readonly servicesLink: 'right' | 'absent' | 'taken'
}

/** What a start finds of a run that ended in the middle. */
export interface Remains {
  readonly home: string
  readonly roots: readonly string[]
  readonly pointers: { readonly current: Pointer; readonly confirmed: Pointer }
  readonly intent: { readonly kind: 'none' } | { readonly kind: 'read'; readonly intent: IntentDocument } | { readonly kind: 'unreadable' }
  readonly trial: { readonly kind: 'none' } | { readonly kind: 'read'; readonly trial: TrialDocument } | { readonly kind: 'unreadable' }
  /** Names in `generations/`. */
  readonly names: readonly string[]
  /** Of the files that are written before they take another's name, those that are there. */
  readonly beside: readonly string[]
  /** What is at each publication of the intent. */
  readonly live: readonly LivePublished[]
  readonly servicesLink: Seen['servicesLink']
  /** `current` names a generation without a file: everything was taken away. */
  readonly holdsNothing: boolean
}
