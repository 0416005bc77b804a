import type { Directive } from './directives.ts'

/** One line of a unit before it is written: the value as it is meant, not yet quoted. */
export interface UnitEntry {
  readonly key: Directive
  /** Words for the forms that take several, one text for the others. */
  readonly value: string | readonly string[]
  /** Field of the service that the value comes from, for messages. */
  readonly field?: string
}

/** A unit as data. */
export interface UnitFile {
  /** With its suffix. */
  readonly name: string
  readonly entries: readonly UnitEntry[]
}

/** The entry, or none where there is nothing to say. */
export function entry(key: Directive, value: string | readonly string[] | null, field?: string): readonly UnitEntry[] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return []
  return [{ key, value, ...(field === undefined ? {} : { field }) }]
}

/** All values of a directive in a unit, in order. */
export function valuesOf(unit: UnitFile, key: Directive): readonly (string | readonly string[])[] {
  return unit.entries.filter((each) => each.key === key).map(({ value }) => value)
}
