import type { Catalog, Step } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { type PresentFile, planBootstrap } from '../../apps/cli/src/haus/plan-bootstrap.ts'
import type { FileSystem } from '../../packages/generations/src/file-system.ts'
import { digestBytes } from '../../packages/generations/src/node/digest.ts'
import { performSteps } from '../../packages/generations/src/node/perform-steps.ts'
import { withoutBarrier, withoutDirectorySync } from '../../packages/generations/test/planted-faults.ts'
import { attackPower, type PowerStory } from '../../packages/generations/test/power/attack-power.ts'
import { recordDisk } from '../../packages/generations/test/power/disk-history.ts'
import { createTreeFileSystem } from '../../packages/generations/test/power/tree-file-system.ts'

const home = '/disk/sanctum'
const catalog = { services: {} } as unknown as Catalog
const names = ['.node_id', 'instance.yaml', '.catalog'] as const
type Files = Readonly<Record<(typeof names)[number], string | null>>

/** A bootstrap as the command makes it: what is there decides the steps. */
async function bootstrap(fileSystem: FileSystem, replaces: boolean): Promise<void> {
  const { steps } = planBootstrap({
    home,
    node: replaces ? 'second' : 'first',
    catalogFolder: replaces ? '/catalogs/second' : '/catalogs/first',
    catalog,
    modelServers: [],
    present: {
      instance: present(fileSystem, 'instance.yaml'),
      nodeId: present(fileSystem, '.node_id'),
      catalog: present(fileSystem, '.catalog'),
    },
    replaces,
  })
  await performSteps(steps as readonly Step[], fileSystem)
}

function present(fileSystem: FileSystem, name: string): PresentFile | null {
  const text = read(fileSystem, `${home}/${name}`)
  return text === null ? null : { text, digest: digestBytes(text) }
}

function read(fileSystem: FileSystem, path: string): string | null {
  return fileSystem.look(path).kind === 'file' ? new TextDecoder().decode(fileSystem.readFile(path)) : null
}

const takeFiles = (fileSystem: FileSystem) => Object.fromEntries(names.map((name) => [name, read(fileSystem, `${home}/${name}`)])) as Files

interface Found {
  readonly files: Files
  readonly kept: readonly string[]
  readonly left: readonly string[]
  readonly after: Files
}

/** Each file is the old or the new; what is replaced is kept; a bootstrap that returned is not undone; the next one ends the same. */
async function record(replaces: boolean, plant: (fileSystem: FileSystem) => FileSystem = (fs) => fs) {
  const recorder = recordDisk<readonly Files[]>([home])
  const { fileSystem } = recorder
  fileSystem.makeDirectory('/disk', '0755')
  if (replaces) {
    await bootstrap(fileSystem, false)
    fileSystem.removeFile(`${home}/instance.yaml`)
    fileSystem.writeFile(`${home}/instance.yaml`, Buffer.from('mine: true\n'), '0600')
  }
  recorder.begin()
  const before = takeFiles(fileSystem)
  const after = createTreeFileSystem({
    ground: { node: (path) => toNode(fileSystem, path), names: (path) => fileSystem.readDirectory(path) },
  })
  await bootstrap(after, replaces)
  const wanted = takeFiles(after)
  recorder.promise([before, wanted])
  await bootstrap(plant(fileSystem), replaces)
  recorder.promise([wanted])
  const story: PowerStory<readonly Files[], Found> = {
    name: replaces ? 'a bootstrap that replaces' : 'a first bootstrap',
    history: recorder.history(),
    judge: async (disk) => {
      const found = createTreeFileSystem({ ground: disk })
      const files = takeFiles(found)
      await bootstrap(found, replaces)
      const all = found.readDirectory(home)
      return {
        files,
        kept: all.flatMap((name) => read(found, `${home}/${name}`) ?? []),
        left: all.filter((name) => name.endsWith('.sanctum-new')),
        after: takeFiles(found),
      }
    },
    hold: ({ files, kept, left, after: then }, allowed) => {
      const torn = names.find((name) => !allowed.some((version) => version[name] === files[name]))
      if (torn !== undefined) return `${torn} is neither the old nor the new`
      if (replaces && !kept.includes('mine: true\n')) return 'what a person wrote is lost'
      if (left.length > 0) return `left behind: ${left.join()}`
      return JSON.stringify(then) === JSON.stringify(wanted) ? null : 'the next bootstrap ends elsewhere'
    },
  }
  return story
}

function toNode(fileSystem: FileSystem, path: string) {
  const entry = fileSystem.look(path)
  if (entry.kind === 'file') return { kind: 'file' as const, content: fileSystem.readFile(path), mode: entry.mode }
  return entry.kind === 'directory' ? entry : null
}

test('a bootstrap whose power is cut: each file old or new, nothing of a person lost, the next one ends the same', async () => {
  const { disks, points, violations } = await attackPower([await record(false), await record(true)], { disks: 20_000, seed: 1 })
  console.info(`power cuts of a bootstrap, modelled: ${disks} different disks at ${points} points`)
  expect(violations.slice(0, 5)).toEqual([])
  expect(disks).toBeGreaterThan(100)
})

test.each([
  ['without the barrier', withoutBarrier],
  ['without the directory sync', withoutDirectorySync],
])('planted: %s', async (_, plant) => {
  const { violations } = await attackPower([await record(false, plant), await record(true, plant)], {
    disks: 20_000,
    seed: 1,
    stopsAtFirst: true,
  })
  expect(violations).toHaveLength(1)
})
