/// <reference path="./semver-parts.d.ts" />
import gte from 'semver/functions/gte.js'
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'

export function isAtLeast(version: string, oldest: string): boolean {
  return gte(version, oldest)
}

/** Versions before a release count, since a haus may run one. */
export function isInside(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true })
}

export function isRange(text: string): boolean {
  return validRange(text) !== null
}
