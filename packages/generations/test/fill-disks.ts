import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@sanctum/contracts'
import { createGenerations } from '@sanctum/generations/node'
import { apply } from './haus.ts'
import { readVersion, versionOf } from './versions.ts'

/** Commits on full disks of many sizes; it runs where it may mount. Prints one line of JSON for each size. */
const [folder = ''] = process.argv.slice(2)
for (let sizeKb = 16; sizeKb <= 256; sizeKb += 8) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder])
  try {
    process.stdout.write(`${JSON.stringify({ sizeKb, ...(await fill()) })}\n`)
  } finally {
    execFileSync('umount', [folder])
  }
}

async function fill() {
  const [home, units] = [join(folder, 'home'), join(folder, 'units')]
  const generations = createGenerations({ home, roots: [units] })
  const faults: (string | undefined)[] = []
  let committed = 0
  for (let version = 1; version <= 5 && faults.length === 0; version++) {
    try {
      await apply(generations, versionOf(version, units))
      committed = version
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      faults.push(`${error.code} ${error.errno} ${error.path?.startsWith(folder) ? 'with path' : 'without path'}`)
    }
  }
  const standing = versionsBelow(join(home, 'current/surfaces'))
  execFileSync('mount', ['-o', 'remount,size=4m', folder])
  const recovery = await generations.recover()
  const left = listBelow(folder).filter((name) => /sanctum-new|staging|trash/.test(name))
  await apply(generations, versionOf(9, units))
  return {
    committed,
    faults,
    standing,
    left,
    recovered: recovery.fault === null,
    after: versionsBelow(join(home, 'current/surfaces')),
    published: versionsBelow(units),
  }
}

function versionsBelow(path: string): (number | null)[] {
  return [...new Set(listBelow(path).flatMap((file) => readVersion(readFileSync(file, 'utf8'))))]
}

function listBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    )
  } catch {
    return []
  }
}
