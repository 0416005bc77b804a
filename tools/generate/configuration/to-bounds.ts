/** What a schema of a number knows of it. */
export interface NumberSchema {
  readonly isInt?: boolean
  readonly minValue?: number | null
  readonly maxValue?: number | null
}

/** A number in words: whole or not, and between what. */
export function toBounds({ isInt, minValue, maxValue }: NumberSchema): string {
  const kind = isInt ? 'a whole number' : 'a number'
  const least = isGiven(minValue) ? minValue : null
  const most = isGiven(maxValue) ? maxValue : null
  if (least !== null && most !== null) return `${kind} from ${least} to ${most}`
  return least === null ? kind : `${kind}, at least ${least}`
}

function isGiven(bound: number | null | undefined): bound is number {
  return bound !== null && bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
}
