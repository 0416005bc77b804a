import { expect, test } from 'vitest'
import { squat } from './perform-drill.ts'

const port = { port: 1111, address: '127.0.0.1' }
const held = { remove: async () => {} }

test.each([
  ['free at once', 1, []],
  ['its owner was back twice', 3, [101, 102]],
])('a port that is taken: %s', async (_, heldAt, expected) => {
  let tries = 0
  const killed: number[] = []
  const faults = { holdPort: async () => (++tries === heldAt ? held : null), signal: (pid: number) => void killed.push(pid) }
  expect(await squat(faults, port, async () => 100 + tries)).toBe(held)
  expect(killed).toEqual(expected)
})

test('an owner that is always quicker is told, and not hunted for ever', async () => {
  const killed: number[] = []
  const faults = { holdPort: async () => null, signal: (pid: number) => void killed.push(pid) }
  await expect(squat(faults, port, async () => 7)).rejects.toThrow('its owner was back before, 5 times')
  expect(killed.length).toBe(5)
})
