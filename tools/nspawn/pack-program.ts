import { realpathSync } from 'node:fs'
import { chmod, cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const parts = ['apps/cli/dist', 'apps/cli/package.json', 'catalogs']

/** Copies the built program of this checkout, so that another build cannot pull it away. What a machine binds to run it, with our own Node. */
export async function packProgram(repository: string, folder: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(join(folder, 'apps/cli'), { recursive: true })
  // Every user of the machine runs it.
  await chmod(folder, 0o755)
  for (const part of parts) await cp(join(repository, part), join(folder, part), { recursive: true })
  return { '/opt/sanctum': folder, '/opt/node': dirname(realpathSync(process.execPath)) }
}

/** The program as it is called inside. */
export const sanctumctl: readonly string[] = ['/opt/node/node', '/opt/sanctum/apps/cli/dist/sanctumctl.js']
