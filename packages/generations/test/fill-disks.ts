import { execFileSync } from 'node:child_process'
import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@sanctum/contracts'
import { createGenerations } from '@sanctum/generations/node'
import { apply } from './haus.ts'
import { readVersion, versionOf } from './versions.ts'

/** Commits on full disks of many sizes; it runs where it may mount. Prints one line of JSON for each size. */
const [folder = ''] = process.argv.slice(2)
for (const sizeKb of [...steps(16, 256, 8), ...steps(320, 1_024, 64), ...steps(1_280, 4_096, 256)]) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder])
  try {
    process.stdout.write(`${JSON.stringify({ sizeKb, ...(await fill()) })}\n`)
  } finally {
    execFileSync('umount', [folder])
  }
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, index) => from + index * by)
}

/** Commits until the disk is full, looks, recovers on the full disk, and then again with room. */
async function fill() {
  const [home, units] = [join(folder, 'home'), join(folder, 'units')]
  const generations = createGenerations({ home, roots: [units] })
  const faults: (string | undefined)[] = []
  let committed = 0
  for (let version = 1; version <= 200 && faults.length === 0; version++) {
    try {
      await apply(generations, versionOf(version, units))
      committed = version
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      faults.push(`${error.code} ${error.errno} ${error.path?.startsWith(folder) ? 'with path' : 'without path'}`)
    }
  }
  const standing = versionsBelow(join(home, 'current/surfaces'))
  const outside = versionsBelow(units, ({ name }) => !name.startsWith('.'))
  const whileFull = (await generations.recover()).fault?.code ?? null
  const standingWhileFull = versionsBelow(join(home, 'current/surfaces'))
  execFileSync('mount', ['-o', 'remount,size=8m', folder])
  const recovery = await generations.recover()
  const finished = versionsBelow(units)
  const left = listBelow(folder).filter((name) => /sanctum-new|staging|trash/.test(name))
  await apply(generations, versionOf(9, units))
  return {
    committed,
    faults,
    standing,
    outside,
    whileFull,
    standingWhileFull,
    finished,
    left,
    recovered: recovery.fault === null,
    after: versionsBelow(join(home, 'current/surfaces')),
    published: versionsBelow(units),
  }
}

function versionsBelow(path: string, counts: (entry: Dirent) => boolean = () => true): (number | null)[] {
  return [...new Set(listBelow(path, counts).map((file) => readVersion(readFileSync(file, 'utf8'))))]
}

function listBelow(path: string, counts: (entry: Dirent) => boolean = () => true): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() && counts(entry) ? [join(entry.parentPath, entry.name)] : [],
    )
  } catch {
    return []
  }
}
