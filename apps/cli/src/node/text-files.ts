import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Fault, toFault } from '@sanctum/contracts'

/** Null where there is no such file. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return null
    throw toFault(error, 'reading', path)
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

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}
