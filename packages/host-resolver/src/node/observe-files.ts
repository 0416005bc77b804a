import { access } from 'node:fs/promises'

/** Whether each of these paths exists, for `listPrerequisites`. */
export async function observeFiles(paths: readonly string[]): Promise<Record<string, boolean>> {
  const seen = paths.map(
    async (path) =>
      [
        path,
        await access(path).then(
          () => true,
          () => false,
        ),
      ] as const,
  )
  return Object.fromEntries(await Promise.all(seen))
}
