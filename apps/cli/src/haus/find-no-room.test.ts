import { buildHaus, buildService, buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { findNoRoom } from './find-no-room.ts'

const heavy = (id: string, ram_budget_mb: number, exclusive_with: readonly string[] = []) =>
  buildService(id, { capacity: { ram_budget_mb, exclusive_with, priority: 1, evictable: true, process_pattern: null } })
/** Of a pool of 4,096 MB. */
const haus = buildHaus([
  heavy('mlx', 3000),
  heavy('coder', 2000),
  heavy('voice', 1000, ['coder']),
  heavy('giant', 9000),
  buildService('light'),
])
const runs = (service: string) => buildUnitState(service, { pid: 7, activity: 'running' })

describe('who fits', () => {
  test.each<readonly [string, readonly string[], readonly string[], readonly (readonly [string, string])[]]>([
    ['all of it', ['mlx', 'voice', 'light'], [], []],
    ['who comes second has what is left', ['mlx', 'coder'], [], [['coder', 'mlx']]],
    ['one that runs already is in the way', ['coder'], ['mlx'], [['coder', 'mlx']]],
    ['one that is started again is not in its own way', ['mlx'], ['mlx'], []],
    ['one that runs although there is no room for it', ['coder'], ['coder', 'mlx'], []],
    ['two that exclude each other', ['voice'], ['coder'], [['voice', 'coder']]],
    ['one that would not fit alone', ['giant', 'light'], [], [['giant', 'giant']]],
    ['one that the haus no longer has is about to go', ['mlx'], ['departed'], []],
    ['what asks for nothing', ['light'], ['mlx'], []],
  ])('%s', (_, starts, running, expected) => {
    const found = findNoRoom({ haus, starts, states: running.map(runs) })
    expect(found.map(({ subject, fix }) => [subject, /services\.(\w+)\./.exec(fix?.command ?? '')?.[1]])).toEqual(expected)
    for (const { code, evidence, subject, message } of found) {
      expect(code).toBe('START_NOT_ADMITTED')
      expect(`${message} ${evidence?.observed}`).toContain(expected.find(([id]) => id === subject)?.[1])
    }
  })

  test('everybody, where nobody said how much memory there is; what excludes another still does', () => {
    const unsaid = { ...haus, capacity: { ...haus.capacity, pool_mb: 0 } }
    expect(findNoRoom({ haus: unsaid, starts: ['mlx', 'coder', 'giant'], states: [] })).toEqual([])
    expect(findNoRoom({ haus: unsaid, starts: ['coder', 'voice'], states: [] }).map(({ subject }) => subject)).toEqual(['voice'])
  })

  test('what is down takes no room', () => {
    expect(findNoRoom({ haus, starts: ['coder'], states: [buildUnitState('mlx', { pid: null, activity: 'stopped' })] })).toEqual([])
  })

  test('it stops a start, and says that leaving another out is what the command does', () => {
    const [behind] = findNoRoom({ haus, starts: ['coder'], states: [runs('mlx')] })
    const [alone] = findNoRoom({ haus, starts: ['giant'], states: [] })
    expect([behind?.severity, alone?.severity]).toEqual(['error', 'error'])
    expect(behind?.fix?.text).toMatch(/^[A-Z].*, or leave coder out; the command leaves mlx out until the next up\.$/)
    expect(alone?.fix?.text).toMatch(/^[A-Z].*, or leave giant out\.$/)
  })

  test('what was not admitted takes no room from those after it', () => {
    const found = findNoRoom({ haus, starts: ['mlx', 'coder', 'voice'], states: [] })
    expect(found.map(({ subject }) => subject)).toEqual(['coder'])
  })
})
