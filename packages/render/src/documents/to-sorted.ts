/** A copy with keys in code-unit order at every depth, so that the order in which they were written or merged does not show. */
export function toSorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(toSorted) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, toSorted((value as Record<string, unknown>)[key])]),
  ) as T
}
