import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How one file differs from its golden; `line` counts from 1 and is the first that differs. */
export type GoldenDifference =
  | { readonly kind: 'missing' | 'unexpected'; readonly path: string }
  | { readonly kind: 'changed'; readonly path: string; readonly line: number; readonly golden: string; readonly actual: string }

/** Texts by path relative to the golden folder, `/` between folders. */
export type GoldenFiles = Readonly<Record<string, string>>

/**
 * Compares texts with a checked-in folder; `[]` means equal in both directions. With `update` (the environment's
 * UPDATE_GOLDEN=1 by default) the folder is made to hold exactly the texts; otherwise nothing is ever written.
 *
 *     expect(await compareGolden(new URL('golden/mac-hub', import.meta.url), files)).toEqual([])
 */
export async function compareGolden(
  folder: string | URL,
  actual: GoldenFiles,
  { update = process.env.UPDATE_GOLDEN === '1' }: { update?: boolean } = {},
): Promise<GoldenDifference[]> {
  const root = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const golden = await readTree(root)
  const differences = diffTrees(golden, actual)
  if (!update) return differences
  for (const { kind, path } of differences) {
    const file = join(root, path)
    if (kind === 'missing') await rm(file)
    else await writeText(file, actual[path] ?? '')
  }
  return []
}

function diffTrees(golden: GoldenFiles, actual: GoldenFiles): GoldenDifference[] {
  const paths = [...new Set([...Object.keys(golden), ...Object.keys(actual)])].sort()
  return paths.flatMap((path): GoldenDifference[] => {
    const [before, after] = [golden[path], actual[path]]
    if (after === undefined) return [{ kind: 'missing', path }]
    if (before === undefined) return [{ kind: 'unexpected', path }]
    return before === after ? [] : [{ kind: 'changed', path, ...firstDifference(before, after) }]
  })
}

function firstDifference(before: string, after: string): { line: number; golden: string; actual: string } {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const index = a.findIndex((line, at) => line !== b[at])
  const at = index === -1 ? a.length : index
  return { line: at + 1, golden: a[at] ?? '(end)', actual: b[at] ?? '(end)' }
}

async function readTree(root: string): Promise<GoldenFiles> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(root, file).split(sep).join('/'), await readFile(file, 'utf8')] as const)),
  )
}

async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
