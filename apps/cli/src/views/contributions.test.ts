import type { Contribution } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { renderContributions } from './contributions.ts'
import { createStyle } from './style.ts'

const style = createStyle({ color: false, columns: 100 })
const from = (value: unknown): Contribution => ({ layer: 'catalog', source: 'catalog.yaml', value, winner: true }) as Contribution

test('a value that fits is on the line of its layer', () => {
  expect(renderContributions('services.web.port', [from(1111)], style)).toBe('services.web.port\n→ catalog     catalog.yaml  1111')
})

test('of a long object each key has a line of its own, and no line is longer than a screen', () => {
  const shown = renderContributions('services.web', [from({ title: 'Web', description: 'long '.repeat(400), port: 1111 })], style)
  const [path, layer, ...keys] = shown.split('\n')
  expect([path, layer?.trimEnd()]).toEqual(['services.web', '→ catalog     catalog.yaml'])
  expect(keys.map((line) => line.trim().split(':')[0])).toEqual(['title', 'description', 'port'])
  expect(Math.max(...keys.map((line) => line.length))).toBeLessThan(130)
})
