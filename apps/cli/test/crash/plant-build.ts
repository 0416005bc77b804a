import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../support/test-haus.ts'

/** A fault that is put into the built program: a piece of its text, and what stands there instead. */
export interface Plant {
  readonly instead: string
  readonly put: string
}

/** Copies the built program into a folder, with the fault in it. An error where the text is not there exactly once: nothing would be planted. */
export function plantBuild(folder: string, { instead, put }: Plant): string {
  const built = join(repository, 'apps/cli')
  cpSync(join(built, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(built, 'package.json'), join(folder, 'package.json'))
  const files = readdirSync(join(folder, 'dist'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, 'dist', name))
  const found = files.filter((file) => readFileSync(file, 'utf8').split(instead).length === 2)
  const [file] = found
  if (file === undefined || found.length > 1) throw new Error(`in ${found.length} files of the program there is: ${instead}`)
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(instead, () => put),
  )
  return join(folder, 'dist/sanctumctl.js')
}
