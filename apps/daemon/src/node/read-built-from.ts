import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BUILD_FILE, REVISION_FILE, toBuiltFrom } from '@sanctum/contracts'

/** What the program in this file was built from. Read at its start: later another build may lie there. */
export function readBuiltFrom(program: string, version: string): string | null {
  const folder = dirname(program)
  return toBuiltFrom({
    version,
    revisionFile: readOrNull(join(resolve(folder, '../../..'), REVISION_FILE)),
    buildFile: readOrNull(join(folder, BUILD_FILE)),
  })
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
