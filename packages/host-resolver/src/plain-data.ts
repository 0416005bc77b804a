import { compareText } from '@sanctum/contracts'

export type PlainObject = Readonly<Record<string, unknown>>

/** Keys that would reach a prototype instead of an entry; no document may have them. */
const reserved = new Set(['__proto__', 'prototype', 'constructor'])

export function isReservedKey(key: string): boolean {
  return reserved.has(key)
}

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The own entry of that name; what an object inherits is no entry. */
export function ownValue(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined
  return isPlainObject(value) && !isReservedKey(key) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** The value at the end of a path; undefined where a step does not exist. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(ownValue, value)
}

/** The names of the own entries that have a value, in code-unit order. */
export function sortedKeys(value: PlainObject): string[] {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined && !isReservedKey(key))
    .sort(compareText)
}

/** The same data with the keys of every object in code-unit order. */
export function sortKeys<T>(data: T): T {
  if (Array.isArray(data)) return data.map(sortKeys) as T
  if (!isPlainObject(data)) return data
  return Object.fromEntries(sortedKeys(data).map((key) => [key, sortKeys(data[key])])) as T
}

/** One text for equal data, whatever the order of keys. */
export function toCanonicalText(data: unknown): string {
  return JSON.stringify(sortKeys(data)) ?? 'undefined'
}
