import type { Finding, Pin, PinsDocument, Step } from '@sanctum/contracts'
import { besideOf, homeLayout } from './home-layout.ts'
import { planNote } from './plan-note.ts'
import { toFinding } from './to-finding.ts'

/** What the home says of its pins. While it cannot be read nothing is known to be free to go. */
export type PinsSight =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly document: PinsDocument }
  | { readonly kind: 'unreadable' }

/** The pins with one more, or with another reason for one that is there. */
export function withPin(pins: readonly Pin[], pin: Pin): Pin[] {
  const known = pins.find(({ generation }) => generation === pin.generation)
  if (known !== undefined && (pin.reason === null || pin.reason === known.reason)) return [...pins]
  return [...withoutPin(pins, pin.generation), pin].sort((a, b) => a.generation - b.generation)
}

export function withoutPin(pins: readonly Pin[], generation: number): Pin[] {
  return pins.filter((pin) => pin.generation !== generation)
}

/** The steps that make these the pins of a home, whatever a run that was killed left beside them. */
export function planPins(home: string, pins: readonly Pin[]): Step[] {
  const layout = homeLayout(home)
  const document: PinsDocument = { schema_version: 1, pins: [...pins] }
  return [{ do: 'remove-file', path: besideOf(layout.pins) }, ...planNote(layout, layout.pins, document)]
}

/** What is to be said of the pins of a home. */
export function toPinFindings(sight: PinsSight, home: string): Finding[] {
  if (sight.kind !== 'unreadable') return []
  const { pins } = homeLayout(home)
  return [
    toFinding('PINS_UNREADABLE', {
      subject: pins,
      message: `${pins} cannot be read, so no old generation is removed`,
      evidence: { expected: 'a document of pins', observed: 'none that can be read' },
      fix: { text: `Mend ${pins}, or move it away and pin again what is to stay.`, command: 'sanctumctl generations list', safe: true },
    }),
  ]
}
