import type { Haus } from '@sanctum/contracts'

/** From the text that a generation keeps; null where there is none, or none of this form. */
export function parseKeptHaus(text: string | null): Haus | null {
  try {
    const haus = JSON.parse(text ?? '') as Haus
    return haus.schema_version === 1 ? haus : null
  } catch {
    return null
  }
}
