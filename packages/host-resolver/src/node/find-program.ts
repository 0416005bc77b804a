import { access, constants, readdir, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Where programs lie that an operator's shell finds and a service manager's PATH may not. */
const usualFolders = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'] // sanctum-audit-ignore: the places to look

/** Absolute path of a program by its name; null if there is none. */
export type ProgramFinder = (name: string) => Promise<string | null>

/**
 * Looks along PATH and then in the usual folders, without starting anything. Each folder is listed once, however many names are
 * asked for.
 */
export function createProgramFinder(path: string | undefined): ProgramFinder {
  const folders = [...new Set([...(path ?? '').split(delimiter).filter(isAbsolute), ...usualFolders])]
  const listings = folders.map((folder) => listNames(folder))
  return async (name) => {
    const found = await Promise.all(
      folders.map(async (folder, index) => {
        const names = await listings[index]
        const isThere = (names === 'unreadable' || names?.has(name)) && (await isProgram(join(folder, name)))
        return isThere ? join(folder, name) : null
      }),
    )
    return found.find((candidate) => candidate !== null) ?? null
  }
}

/** One may be allowed to use what lies in a folder and not to list it. */
async function listNames(folder: string): Promise<ReadonlySet<string> | 'unreadable'> {
  try {
    return new Set(await readdir(folder))
  } catch {
    return 'unreadable'
  }
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
