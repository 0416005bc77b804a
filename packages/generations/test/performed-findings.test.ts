import { planGeneration, toPerformedFindings } from '@sanctum/generations'
import { createGenerations } from '@sanctum/generations/node'
import { expect, test } from 'vitest'
import { apply, home, making, unit, units } from './haus.ts'
import { createMemoryFileSystem } from './memory-file-system.ts'

const voice = unit(units, 'voice', 'voice 1')
const committed = `${home}/generations/1/surfaces/${voice.path}`

interface Case {
  readonly spoil: 'changed' | 'missing' | 'extra'
  /** What the next render wants. */
  readonly wanted: string
}

async function renderOver({ spoil, wanted }: Case) {
  const fs = createMemoryFileSystem()
  const generations = createGenerations({ home, roots: [units], fileSystem: fs })
  await apply(generations, [voice])
  if (spoil !== 'extra') fs.removeFile(committed)
  if (spoil !== 'missing') fs.writeFile(spoil === 'extra' ? `${committed}.more` : committed, Buffer.from('rotten'), '0644')
  const surfaces = [unit(units, 'voice', wanted)]
  const plan = planGeneration({ wanted: surfaces, seen: generations.observe(surfaces) })
  await generations.commit(plan, making)
  return { fs, plan, before: plan.findings, after: toPerformedFindings(plan) }
}

test.each([
  ['changed', 'had another content than was committed; what was committed is back, and a copy of what was found is kept'],
  ['missing', 'was gone; what was committed is back'],
  ['extra', 'had never been committed; it was taken out, and a copy of what was found is kept'],
] as const)('a file that was %s is told as damaged before the commit, and as put right after it', async (spoil, told) => {
  const { fs, before, after } = await renderOver({ spoil, wanted: 'voice 1' })
  expect(before).toMatchObject([{ code: 'GENERATION_FILE_DAMAGED', fix: { command: 'sanctumctl render' } }])
  const path = spoil === 'extra' ? `${voice.path}.more` : voice.path
  expect(after).toMatchObject([
    { code: 'GENERATION_FILE_DAMAGED', message: `${path} in generation 1 ${told}`, fix: { text: expect.stringMatching(/^Nothing to do/) } },
  ])
  expect(after[0]?.evidence).toEqual(before[0]?.evidence)
  const kept = /^ls -l '(.+)'$/.exec(after[0]?.fix?.command ?? '')?.[1]
  expect(kept === undefined).toBe(spoil === 'missing')
  // The place that is told is the place where it lies.
  if (kept !== undefined) expect(Buffer.from(fs.readFile(kept)).toString()).toBe('rotten')
})

test('where a new generation was committed, the damaged one is left behind as it is', async () => {
  const { fs, after } = await renderOver({ spoil: 'changed', wanted: 'voice 2' })
  expect(after).toMatchObject([
    {
      code: 'GENERATION_FILE_DAMAGED',
      message: `${voice.path} in generation 1 had another content than was committed; generation 2 holds in its place`,
      fix: { command: 'sanctumctl generations list' },
    },
  ])
  expect(Buffer.from(fs.readFile(committed)).toString()).toBe('rotten')
})
