import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Where programs lie that an operator's shell finds and a service manager's PATH may not. */
const usualFolders = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'] // sanctum-audit-ignore: the places to look

/** Absolute path of a program, looked for along PATH and then in the usual folders, without starting anything; null if there is none. */
export async function findProgram(name: string, path: string | undefined): Promise<string | null> {
  const folders = [...(path ?? '').split(delimiter).filter(isAbsolute), ...usualFolders]
  const found = await Promise.all(
    [...new Set(folders)].map(async (folder) => ((await isProgram(join(folder, name))) ? join(folder, name) : null)),
  )
  return found.find((candidate) => candidate !== null) ?? null
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
