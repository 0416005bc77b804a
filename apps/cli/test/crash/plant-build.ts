import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../support/test-haus.ts'

/** A fault that is put into the built program: a piece of its text, and what stands there instead. */
export interface Plant {
  readonly instead: string
  readonly put: string
}

/**
 * Copies the built program into a folder, with the fault in it: in each of its programs that has the text in a file of its own. An error
 * where a file has it more than once, or none has it: something else would be planted, or nothing.
 */
export function plantBuild(folder: string, { instead, put }: Plant): string {
  const built = join(repository, 'apps/cli')
  cpSync(join(built, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(built, 'package.json'), join(folder, 'package.json'))
  const counts = readdirSync(join(folder, 'dist'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, 'dist', name))
    .map((file) => ({ file, count: readFileSync(file, 'utf8').split(instead).length - 1 }))
    .filter(({ count }) => count > 0)
  if (counts.length === 0 || counts.some(({ count }) => count > 1))
    throw new Error(`${counts.length} files of the program have, one of them more than once or none at all: ${instead}`)
  for (const { file } of counts)
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(instead, () => put),
    )
  return join(folder, 'dist/sanctumctl.js')
}
