import { expect, test } from 'vitest'
import { tellAlert } from './tell-alert.ts'

const alert = { atMs: 0, incident: null, service: 'voice', level: 2, count: 1, why: 'it is silent', next: 'sanctumctl incidents' }

test.each([
  ['once', {}, '1970-01-01T00:00:00.000Z  level 2  voice: it is silent. sanctumctl incidents'],
  ['again', { count: 3 }, '1970-01-01T00:00:00.000Z  level 2, told 3 times  voice: it is silent. sanctumctl incidents'],
])('an alert is a line that says what to type: %s', (_what, change, line) => {
  expect(tellAlert({ ...alert, ...change })).toBe(line)
})
