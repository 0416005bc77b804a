import { expect, test } from 'vitest'
import { renderEvents } from './events.ts'
import { createStyle } from './style.ts'

test('a field of an event that has nothing to say takes no line', () => {
  const data = { from: null, to: 'healthy', why: 'status 200', cause: null, restarts: 0 }
  const event = { seq: 1, at_ms: 0, kind: 'verdict-changed', subject: 'dashboard', data } as const
  expect(renderEvents([event as never], createStyle({ color: false, columns: 80 }))).toBe(
    ['1970-01-01T00:00:00.000Z  verdict-changed  dashboard', '    to: healthy', '    why: status 200', '    restarts: 0'].join('\n'),
  )
})
