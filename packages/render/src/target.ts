import type { Finding, Haus, Loss, Surface } from '@sanctum/contracts'
import type { Digest } from './header.ts'
import type { UnitPlan } from './plan-unit.ts'

/** What a target is given: the haus, and its units in order of their ids. */
export interface TargetInput {
  readonly haus: Haus
  readonly plans: readonly UnitPlan[]
  readonly digest: Digest
  /** Where the JSON Schemas of the documents lie, for the editor. */
  readonly schemas: string
}

/** Surfaces without their digest, which is taken over the finished content. */
export type Draft = Omit<Surface, 'digest'>

export interface Rendered {
  readonly drafts: readonly Draft[]
  readonly findings: readonly Finding[]
  readonly losses?: readonly Loss[]
}

/** One kind of generated file: a pure function of the haus. */
export type Target = (input: TargetInput) => Rendered
