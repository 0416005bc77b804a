import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import type { Plant } from '../planted-faults.ts'

export interface Cut {
  readonly cut: number
  /** The version last acknowledged before the cut, and the one that was found after it. */
  readonly promised: number
  readonly found: number | null
  readonly outcome: string
  readonly problems: readonly string[]
}

interface CutOptions {
  readonly cuts: number
  readonly plant: Plant
  readonly seed: number
  readonly stopsAtFirst?: boolean
}

/** Cuts the power of a real ext4 again and again while a real process commits on it without a pause; see cut-disks.ts. */
export async function cutRealPower({ cuts, plant, seed, stopsAtFirst = false }: CutOptions) {
  const folder = await createTemporaryFolder()
  try {
    const writer = await bundleProgram(new URL('../commit-for-ever.ts', import.meta.url), folder.path)
    const cutter = fileURLToPath(new URL('cut-disks.ts', import.meta.url))
    const options = JSON.stringify({ folder: folder.path, writer, cuts, plant, seed, stopsAtFirst })
    // What is mounted goes with the mount namespace, however the program ends.
    const { stdout } = await promisify(execFile)('unshare', ['-m', process.execPath, '--conditions=@sanctum/source', cutter, options])
    const done: Cut[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return { cuts: done, problems: done.flatMap(({ cut, problems }) => problems.map((text) => ({ cut, text }))) }
  } finally {
    await folder.remove()
  }
}
