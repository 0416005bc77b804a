import type { Pin } from '@sanctum/contracts'
import { planRollback, withPin } from '@sanctum/generations'
import { createGenerations } from '@sanctum/generations/node'
import { expect, test } from 'vitest'
import { apply, file } from './haus.ts'
import { killAt } from './interrupt-file-system.ts'
import { createMemoryFileSystem } from './memory-file-system.ts'

const home = '/home/neo/.sanctum'
const pin = (generation: number, reason: string | null = null): Pin => ({ generation, reason, pinned_at: '2026-11-27T08:00:00.000Z' })
const at = (version: number) => [file('services/voice.yaml', `version: ${version}\n`)]

/** A home with this many generations, each confirmed and collected after as the command line does. */
async function makeGenerations(count: number, pins: Readonly<Record<number, Pin[]>> = {}) {
  const fs = createMemoryFileSystem()
  const generations = createGenerations({ home, roots: [], fileSystem: fs })
  for (let version = 1; version <= count; version++) {
    await apply(generations, at(version))
    await generations.confirm(version)
    const wanted = pins[version]
    if (wanted !== undefined) await generations.pin(wanted)
    await generations.collect({ keep: 10 })
  }
  return { fs, generations, numbers: () => generations.list().map(({ number }) => number) }
}

const lastTen = (newest: number) => Array.from({ length: 10 }, (_, index) => newest - 9 + index)

test('ten stay, and the pinned beside them for as long as they are pinned', async () => {
  const { generations, numbers } = await makeGenerations(25, { 3: [pin(2, 'before the move'), pin(3)] })
  expect(numbers()).toEqual([2, 3, ...lastTen(25)])
  await generations.pin([pin(3)])
  expect(await generations.collect({ keep: 10 })).toEqual([2])
  await generations.pin([])
  expect([await generations.collect({ keep: 10 }), numbers()]).toEqual([[3], lastTen(25)])
})

test('what is confirmed or current stays although it is old and not pinned', async () => {
  const { generations, numbers } = await makeGenerations(5, { 1: [pin(1)] })
  await generations.pin([])
  for (let version = 6; version <= 20; version++) await apply(generations, at(version))
  await generations.collect({ keep: 10 })
  expect(numbers()).toEqual([5, ...lastTen(20)])
})

test('a pinned generation can be gone back to, byte for byte, after many others', async () => {
  const { generations } = await makeGenerations(30, { 2: [pin(2)] })
  const reading = generations.read(2)
  if (reading.kind !== 'whole') throw new Error(reading.kind)
  expect(reading.surfaces.map(({ content }) => content)).toEqual(['version: 2\n'])
  const rollback = planRollback(reading, { seen: generations.observe(reading.surfaces) })
  expect(rollback.kind === 'planned' && rollback.plan.pointer).toEqual({ kind: 'move', number: 2 })
})

test('while the pins cannot be read nothing is removed', async () => {
  const { fs, generations, numbers } = await makeGenerations(10, { 1: [pin(1)] })
  for (let version = 11; version <= 14; version++) await apply(generations, at(version))
  fs.removeFile(`${home}/state/pins.json`)
  fs.writeFile(`${home}/state/pins.json`, Buffer.from('{ "pins": ['), '0600')
  expect([await generations.collect({ keep: 3 }), numbers().length]).toEqual([[], 14])
  // Planted: taken for none, as a careless reader would, the pinned one goes.
  fs.removeFile(`${home}/state/pins.json`)
  expect(await generations.collect({ keep: 3 })).toContain(1)
})

test('killed anywhere while it pins, the old or the new pins hold and nothing is left behind', async () => {
  for (let step = 0; ; step++) {
    const { fs, generations } = await makeGenerations(2, { 1: [pin(1)] })
    const interrupted = killAt(fs, step)
    const killed = await createGenerations({ home, roots: [], fileSystem: interrupted })
      .pin(withPin([pin(1)], pin(2, 'why')))
      .then(
        () => false,
        () => true,
      )
    const sight = generations.readPins()
    const numbers = sight.kind === 'read' ? sight.document.pins.map(({ generation }) => generation) : sight.kind
    expect([[1], [1, 2]]).toContainEqual(numbers)
    if (step % 2 === 0) await generations.recover()
    else await generations.pin([pin(2)])
    expect(Object.keys(fs.dump()).filter((path) => path.includes('sanctum-new'))).toEqual([])
    if (!killed) break
  }
})
