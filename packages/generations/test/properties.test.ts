import type { Surface } from '@sanctum/contracts'
import { planGeneration, planRollback } from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply, file, home, making, unit, units } from './haus.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'

const names = ['voice', 'router', 'vault', 'tts'] as const

const content = fc.constantFrom('one\n', 'two\n', 'three\n', '')
const mode = fc.constantFrom('0644', '0600', '0755')
const wantedSet = fc
  .record({
    units: fc.dictionary(fc.constantFrom(...names), fc.record({ content, mode, starts: fc.boolean() }), { noNullPrototype: true }),
    files: fc.dictionary(
      fc.constantFrom('services/voice.yaml', 'bin/with-secrets', '.instance.json', 'a/b/c'),
      fc.record({ content, mode }),
      { noNullPrototype: true },
    ),
  })
  .map(({ units: unitFiles, files }): Surface[] => [
    ...Object.entries(unitFiles).map(([name, { content: text, ...over }]) => unit(units, name, text, over)),
    ...Object.entries(files).map(([path, { content: text, mode: bits }]) => file(path, text, { mode: bits })),
  ])

function open(): { fs: MemoryFileSystem; generations: Generations } {
  const fs = createMemoryFileSystem()
  return { fs, generations: createGenerations({ home, roots: [units], fileSystem: fs }) }
}

function below(fs: MemoryFileSystem, folder: string): Record<string, string> {
  const found = Object.entries(fs.dump()).filter(([path, text]) => path.startsWith(`${folder}/`) && !text.endsWith(' /'))
  return Object.fromEntries(found.map(([path, text]) => [path.slice(folder.length + 1), text]))
}

const planFor = (generations: Generations, wanted: readonly Surface[]) => planGeneration({ wanted, seen: generations.observe(wanted) })

describe('for any sequence of catalogs', () => {
  test('what was applied is what is there, and the next plan is empty and touches nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wantedSet, { minLength: 1, maxLength: 5 }), async (sets) => {
        const { fs, generations } = open()
        for (const wanted of sets) {
          await apply(generations, wanted)
          const plan = planFor(generations, wanted)
          expect(plan.isEmpty).toBe(true)
          expect(plan.writes).toBe(false)
          expect(below(fs, units)).toEqual(
            Object.fromEntries(
              wanted.flatMap(({ publish, mode: bits, content: text }) =>
                publish ? [[publish.slice(units.length + 1), `${bits} ${text}`]] : [],
              ),
            ),
          )
          expect(below(fs, `${home}/${currentOf(generations)}/surfaces`)).toEqual(
            Object.fromEntries(wanted.map(({ path, mode: bits, content: text }) => [path, `${bits} ${text}`])),
          )
          expect(fs.look(`${home}/services`).kind).toBe(wanted.length === 0 ? 'absent' : 'link')
          const before = fs.dump()
          await apply(generations, wanted)
          expect(fs.dump()).toEqual(before)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a roll back to any generation gives back exactly what it had', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wantedSet, { minLength: 2, maxLength: 5 }), fc.nat(), async (sets, choice) => {
        const { fs, generations } = open()
        const trees = new Map<number, { inside: unknown; outside: unknown }>()
        const look = () => ({ inside: below(fs, `${home}/${currentOf(generations)}/surfaces`), outside: below(fs, units) })
        for (const wanted of sets) {
          await apply(generations, wanted)
          trees.set(numberOf(generations), look())
        }
        const number = [...trees.keys()][choice % trees.size] ?? 1
        const reading = generations.read(number)
        if (reading.kind !== 'whole') throw new Error(reading.kind)
        const rollback = planRollback(reading, { seen: generations.observe(reading.surfaces) })
        if (rollback.kind !== 'planned') throw new Error('refused')
        if (rollback.plan.writes) {
          await generations.commit(rollback.plan, making)
          await generations.publish()
          await generations.settle()
        }
        expect(numberOf(generations)).toBe(number)
        expect(look()).toEqual(trees.get(number))
      }),
      { numRuns: 200 },
    )
  })

  test('a file that Sanctum did not write is never changed without force, and with force it is kept', async () => {
    const foreign = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('mine', 'one\n'), { minKeys: 1, noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(wantedSet, wantedSet, foreign, async (first, second, theirs) => {
        const { fs, generations } = open()
        await apply(generations, first)
        for (const [name, text] of Object.entries(theirs)) {
          const path = `${units}/com.sanctum.${name}.service`
          fs.makeDirectory(units, '0755')
          fs.removeFile(path)
          fs.writeFile(path, Buffer.from(text), '0640')
        }
        const mine = Object.entries(below(fs, units)).filter(([, text]) => text.endsWith('mine'))
        const plan = planFor(generations, second)
        const isStopped = plan.findings.some(({ severity }) => severity === 'error')
        if (!isStopped) await apply(generations, second)
        for (const [path, text] of mine) expect(below(fs, units)[path]).toBe(text)

        await apply(generations, second, { force: true })
        expect(planFor(generations, second).isEmpty).toBe(true)
        const kept = Object.entries(below(fs, `${home}/backups${units}`))
        for (const [path, text] of mine) {
          const isThere = below(fs, units)[path] === text
          const copies = kept.filter(([name, copy]) => name.startsWith(`${path}.`) && copy.endsWith('mine'))
          expect(isThere ? 1 : copies.length).toBe(1)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a host that was off', () => {
  test('cleans up what was retired three generations ago, even after those generations were collected', async () => {
    const { fs, generations } = open()
    const old = unit(units, 'old', 'old')
    await apply(generations, [old])
    fs.removeFile(old.publish ?? '')
    fs.writeFile(old.publish ?? '', Buffer.from('edited'), '0644')
    for (const text of ['a', 'b', 'c', 'd']) {
      const { findings } = await apply(generations, [file('x', text)])
      expect(findings.map(({ code }) => code)).toEqual(['EDITED_LEFTOVER'])
    }
    expect(await generations.collect({ keep: 1 })).toEqual([1, 2, 3, 4])
    // The edit is taken back: the file is again one that Sanctum wrote, four generations ago.
    fs.removeFile(old.publish ?? '')
    fs.writeFile(old.publish ?? '', Buffer.from('old'), '0644')
    await apply(generations, [file('x', 'd')])
    expect(below(fs, units)).toEqual({})
  })

  test('that an interrupted run left is brought to the newest catalog, its units told what both changes ask', async () => {
    const { generations } = open()
    await apply(generations, [unit(units, 'voice', '1'), unit(units, 'router', '1'), unit(units, 'old', '1')])
    await apply(generations, [unit(units, 'voice', '2'), unit(units, 'router', '1')], { settle: false })
    const { impact } = await apply(generations, [unit(units, 'voice', '2'), unit(units, 'router', '2')])
    expect(impact.map(({ action, service }) => `${action} ${service}`)).toEqual(['stop old', 'restart router', 'restart voice'])
    expect((await apply(generations, [unit(units, 'voice', '2'), unit(units, 'router', '2')])).impact).toEqual([])
  })
})

function numberOf(generations: Generations): number {
  const { current } = generations.readPointers()
  return current.kind === 'set' ? current.number : 0
}

function currentOf(generations: Generations): string {
  return `generations/${numberOf(generations)}`
}
