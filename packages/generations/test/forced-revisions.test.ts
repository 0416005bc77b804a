import type { Surface } from '@sanctum/contracts'
import { type GenerationPlan, planGeneration, planRollback } from '@sanctum/generations'
import { createGenerations } from '@sanctum/generations/node'
import { expect, test } from 'vitest'
import { home, making, unit, units } from './haus.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'

const voice = `${units}/com.sanctum.voice.service`
const old = `${units}/com.sanctum.old.service`
const revisions = {
  first: { wanted: [unit(units, 'voice', 'voice 1'), unit(units, 'old', 'old 1')], catalog: 'a'.repeat(64), sanctum: '0.1.0' },
  second: { wanted: [unit(units, 'voice', 'voice 2')], catalog: 'b'.repeat(64), sanctum: '0.2.0' },
}

function openMachine() {
  const fs = createMemoryFileSystem()
  const generations = createGenerations({ home, roots: [units], fileSystem: fs })
  const perform = async (plan: GenerationPlan, { catalog, sanctum }: Pick<(typeof revisions)['first'], 'catalog' | 'sanctum'>) => {
    if (!plan.writes) return
    await generations.commit(plan, { ...making, madeFrom: { ...making.madeFrom, catalog, sanctum } })
    await generations.publish()
    await generations.settle()
  }
  return {
    fs,
    generations,
    edit: (path: string, text: string) => {
      fs.removeFile(path)
      fs.writeFile(path, Buffer.from(text), '0644')
    },
    /** What it had to say. */
    go: async (revision: { readonly wanted: readonly Surface[]; readonly catalog: string; readonly sanctum: string }, force: boolean) => {
      const plan = planGeneration({ wanted: revision.wanted, seen: generations.observe(revision.wanted), force })
      await perform(plan, revision)
      return plan.findings.map(({ code, severity }) => `${severity} ${code}`)
    },
    goBack: async (force: boolean) => {
      const reading = generations.read(1)
      if (reading.kind !== 'whole') throw new Error(reading.kind)
      const rollback = planRollback(reading, { seen: generations.observe(reading.surfaces), force })
      if (rollback.kind !== 'planned') throw new Error(rollback.kind)
      await perform(rollback.plan, revisions.first)
    },
  }
}

const textAt = (fs: MemoryFileSystem, path: string) => (fs.look(path).kind === 'file' ? fs.readFile(path).toString() : null)
const kept = (fs: MemoryFileSystem) =>
  fs.readDirectory(`${home}/backups${units}`).map((name) => textAt(fs, `${home}/backups${units}/${name}`))

test('what was edited by hand is left alone by another revision of catalog and program, replaced only by force, and kept, there and back', async () => {
  const { fs, generations, edit, go, goBack } = openMachine()
  expect(await go(revisions.first, false)).toEqual([])
  edit(voice, 'mine of 1')
  edit(old, 'mine and retired')
  // Planted: without being forced a later revision takes neither.
  await go(revisions.second, false)
  expect([textAt(fs, voice), textAt(fs, old)]).toEqual(['mine of 1', 'mine and retired'])
  await go(revisions.second, true)
  expect([textAt(fs, voice), textAt(fs, old)]).toEqual(['voice 2', null])
  expect(kept(fs).toSorted()).toEqual(['mine and retired', 'mine of 1'])
  const second = generations.readCurrent()
  expect(second?.made_from).toMatchObject({ catalog: revisions.second.catalog, sanctum: revisions.second.sanctum })
  edit(voice, 'mine of 2')
  await goBack(false)
  expect(textAt(fs, voice)).toBe('mine of 2')
  await goBack(true)
  expect([textAt(fs, voice), textAt(fs, old)]).toEqual(['voice 1', 'old 1'])
  expect(kept(fs).toSorted()).toEqual(['mine and retired', 'mine of 1', 'mine of 2'])
})
