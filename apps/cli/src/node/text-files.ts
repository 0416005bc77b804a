import { readFileSync } from 'node:fs'
import { access, chmod, constants, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Fault, toFault } from '@sanctum/contracts'

/** Null where there is no such file. Read by this thread: to hand a small file to another and back takes longer than reading it. */
export async function readText(path: string): Promise<string | null> {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return null
    throw toFault(error, 'reading', path)
  }
}

/** Sorted names in a folder; none where there is no such folder. */
export async function listFolder(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw toFault(error, 'reading', path)
  }
}

/** Asks the nearest folder that exists: those below it would be made in it. A full or read-only disk is no question of permission. */
export async function mayWrite(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(folder) !== folder) return mayWrite(dirname(folder))
    return code !== 'EACCES' && code !== 'EPERM'
  }
}

/** Permission bits; null where there is no such file. */
export async function readMode(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isAbsent(error)) return null
    throw toFault(error, 'looking at', path)
  }
}

export async function setMode(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode)
  } catch (error) {
    throw toFault(error, 'changing the mode of', path)
  }
}

/** Writes files into a folder that is empty or new; one that holds anything is left alone, so that nothing is ever overwritten. */
export async function writeEmptyFolder(
  folder: string,
  files: readonly { readonly path: string; readonly mode: string; readonly content: string }[],
): Promise<'written' | 'not-empty'> {
  try {
    await mkdir(folder, { recursive: true })
    if ((await readdir(folder)).length > 0) return 'not-empty'
    for (const { path, mode, content } of files) {
      const target = join(folder, path)
      if (relative(folder, target).startsWith('..')) throw new Fault('OUTSIDE_ROOT', `${path} leaves ${folder}`, { path })
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, content, { flag: 'wx' })
      await chmod(target, Number.parseInt(mode, 8))
    }
    return 'written'
  } catch (error) {
    throw toFault(error, 'writing into', folder)
  }
}

/** Whether there is nothing of that path. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}
