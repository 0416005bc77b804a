import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sanctum/testkit/node'

/** How Sanctum's own programs are started, as facts say it. */
export const program = { node: process.execPath, sanctumctl: '/opt/sanctum/sanctumctl.js', sanctumd: '/opt/sanctum/sanctumd.js' }

/** A home of its own, with an empty folder for programs. */
export async function createProgramHome() {
  const home = await createTemporaryFolder()
  const bin = join(home.path, 'bin')
  await mkdir(bin)
  return { home, bin }
}
