import { describe, expect, it } from 'vitest'
import { findForeignKey } from './foreign-keys.ts'

const service = ['kind', 'title', 'enabled', 'requires', 'run', 'provides', 'health', 'schedule', 'settings', 'container', 'restart', 'on']

describe('a key of another program', () => {
  it.each([
    ['depends_on', service, 'requires'],
    ['dependsOn', service, 'requires'],
    ['environment', service, 'run.env'],
    ['environment', ['command', 'env', 'cwd'], 'env'],
    ['interval_s', ['every_s', 'at_load', 'at', 'catch_up'], 'every_s'],
    ['timeout', ['type', 'timeout_ms'], 'timeout_ms'],
    ['interval', ['type', 'interval_s', 'timeout_ms'], 'interval_s'],
    ['disabled', service, 'enabled, which says the opposite,'],
    ['After', service, 'requires: [{ service: ID, strength: soft }]'],
    ['Wants', service, 'requires: [{ service: ID, strength: soft }]'],
    // Of a service it would be its schedule as well as its probe, and the group of a process is no tier.
    ['interval', service, null],
    ['Group', [...service, 'tier'], null],
    // Here it is no key under any name.
    ['depends_on', ['command', 'env'], null],
    ['comand', service, null],
    ['constructor', service, null],
  ])('%s', (key, known, expected) => {
    expect(findForeignKey(key, known)).toBe(expected)
  })
})
