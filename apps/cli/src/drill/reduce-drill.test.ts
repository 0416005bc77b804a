import { describe, expect, test } from 'vitest'
import { type DrillLook, freshSight, hasHeld, reduceDrill } from './reduce-drill.ts'

const OLD = 100
const look = (atMs: number, overrides: Partial<DrillLook> = {}): DrillLook => ({
  atMs,
  passes: true,
  pid: OLD,
  oldIsThere: true,
  ...overrides,
})
const after = (...looks: DrillLook[]) => looks.reduce((sight, each) => reduceDrill(sight, each, OLD), freshSight)

describe('reduceDrill', () => {
  test('down from the first look without an answer, back from the first answer of another process', () => {
    const sight = after(
      look(10),
      look(20, { passes: false }),
      look(30, { passes: false, pid: null, oldIsThere: false }),
      look(40, { pid: 200, oldIsThere: false }),
      look(50, { pid: 200, oldIsThere: false }),
    )
    expect(sight).toEqual({ downMs: 20, backMs: 40 })
    expect(hasHeld(sight, 139, 100)).toBe(false)
    expect(hasHeld(sight, 140, 100)).toBe(true)
  })

  test('a restart that no look saw down counts from the look that saw the other process', () => {
    expect(after(look(10), look(20, { pid: 200, oldIsThere: false }))).toEqual({ downMs: 20, backMs: 20 })
  })

  test.each([
    ['the process that was hit answers again', look(30)],
    ['another process answers, and the old one is still there', look(30, { pid: 200 })],
    ['another process is there and does not answer', look(30, { pid: 200, oldIsThere: false, passes: false })],
    ['somebody answers, and no process is known', look(30, { pid: null, oldIsThere: false })],
  ])('not back: %s', (_, last) => {
    expect(after(look(20, { passes: false }), last).backMs).toBeNull()
  })

  test('an answer that breaks off counts from its last beginning', () => {
    const other = { pid: 200, oldIsThere: false }
    expect(after(look(20, { passes: false }), look(30, other), look(40, { ...other, passes: false }), look(50, other)).backMs).toBe(50)
  })
})
