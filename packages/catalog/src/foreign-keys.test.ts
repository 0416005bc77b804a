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
    ['disabled', service, 'enabled: false'],
    // Here it is no key under any name.
    ['depends_on', ['command', 'env'], null],
    ['comand', service, null],
    ['constructor', service, null],
  ])('%s', (key, known, expected) => {
    expect(findForeignKey(key, known)).toBe(expected)
  })
})
