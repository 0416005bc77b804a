import { writeSync } from 'node:fs'
import type { FileSystem } from '@sanctum/generations'
import { createConfinedFileSystem, createGenerations } from '@sanctum/generations/node'
import { apply } from './haus.ts'
import { interruptFileSystem } from './interrupt-file-system.ts'
import { commitInPlace, type Plant, withoutAnySync } from './planted-faults.ts'
import { versionOf } from './versions.ts'

/** Commits one version after the other until it is killed. Says when it is about to swap, and what it promised. */
const [home = '', units = '', from = '1', plant = 'none'] = process.argv.slice(2)
const announcing = interruptFileSystem(createConfinedFileSystem({ roots: [home, units] }), (effect, _, path) => {
  if ((effect === 'sync' && path === `${home}/generations`) || (effect === 'makeLink' && path.startsWith(`${home}/.current`)))
    writeSync(1, 'swap\n')
})
const plants: Readonly<Record<Plant, (fileSystem: FileSystem) => FileSystem>> = {
  none: (fileSystem) => fileSystem,
  'in-place': (fileSystem) => commitInPlace(fileSystem, home),
  'no-sync': withoutAnySync,
}
const fileSystem = plants[plant as Plant](announcing)
const generations = createGenerations({ home, roots: [units], fileSystem })
for (let version = Number(from); ; version++) {
  await apply(generations, versionOf(version, units), { committed: () => void writeSync(1, `${version}\n`) })
  await generations.collect({ keep: 3 })
}
