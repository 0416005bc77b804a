import { expect, test } from 'vitest'
import { forecastImpact } from './forecast-impact.ts'

const services = [
  { id: 'watchdog', isOurs: true },
  { id: 'homeassistant', isOurs: false },
]

test.each([
  ['none', {}],
  ['docs', {}],
  ['logic', { watchdog: 'restart' }],
  ['machine-contract', { watchdog: 'restart', homeassistant: 'may-change' }],
] as const)('a change of class %s', (change, expected) => {
  expect(Object.fromEntries(forecastImpact(change, services).map(({ service, action }) => [service, action]))).toEqual(expected)
})
