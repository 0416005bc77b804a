/// <reference path="./semver-parts.d.ts" />
import gte from 'semver/functions/gte.js'
import satisfies from 'semver/functions/satisfies.js'
import valid from 'semver/functions/valid.js'
import validRange from 'semver/ranges/valid.js'

export function isAtLeast(version: string, oldest: string): boolean {
  return valid(version) !== null && gte(version, oldest)
}

/**
 * Versions before a release count, since a haus may run one; but `2.0.0-rc.1` is what 2.0.0 will be, and so outside of what ends before
 * 2.0.0.
 */
export function isInside(version: string, range: string): boolean {
  if (!satisfies(version, range, { includePrerelease: true })) return false
  const [released = version] = version.split('-')
  return released === version || satisfies(version, range) || satisfies(released, range)
}

export function isRange(text: string): boolean {
  return validRange(text) !== null
}
