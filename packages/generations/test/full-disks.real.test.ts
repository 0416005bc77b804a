import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { describe, expect, onTestFinished, test } from 'vitest'

interface Filled {
  readonly sizeKb: number
  readonly committed: number
  readonly faults: readonly string[]
  readonly standing: readonly (number | null)[]
  /** Published when the disk was full. */
  readonly outside: readonly (number | null)[]
  readonly whileFull: string | null
  readonly standingWhileFull: readonly (number | null)[]
  /** Published after the recovery with room. */
  readonly finished: readonly (number | null)[]
  readonly left: readonly string[]
  readonly recovered: boolean
  readonly after: readonly number[]
  readonly published: readonly number[]
}

describe.runIf(process.platform === 'linux')('real disks that run full', () => {
  test('from 16 KiB to 4 MiB: the old set or the new, the right fault, and the next run leaves nothing behind', async () => {
    const folder = await createTemporaryFolder()
    onTestFinished(folder.remove)
    const program = fileURLToPath(new URL('fill-disks.ts', import.meta.url))
    // Only in a mount namespace of its own; as an ordinary user with a user namespace around it.
    const own = process.geteuid?.() === 0 ? ['-m'] : ['-rm']
    const output = execFileSync('unshare', [...own, process.execPath, '--conditions=@sanctum/source', program, folder.path], {
      encoding: 'utf8',
    })
    const disks: Filled[] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(disks.length).toBe(31 + 12 + 12)
    for (const disk of disks) {
      const { sizeKb, committed, faults, standing, outside, whileFull, standingWhileFull, finished, left, recovered, after, published } =
        disk
      const where = `${sizeKb} KiB`
      expect(faults, where).toEqual(['DISK_FULL ENOSPC with path'])
      // A fault while publishing comes after the swap; then the set that was being published stands.
      expect([[], [committed], [committed + 1]], where).toContainEqual(standing)
      if (standing.length === 0) expect(committed, where).toBe(0)
      // Each published file is old or new; which one is current does not change while there is no room, and with room the rest follows.
      expect(
        outside.filter((version) => version !== committed && version !== committed + 1),
        where,
      ).toEqual([])
      expect([null, 'DISK_FULL'], where).toContain(whileFull)
      expect([standingWhileFull, finished], where).toEqual([standing, standing])
      expect({ left, recovered, after, published }, where).toEqual({ left: [], recovered: true, after: [9], published: [9] })
    }
    // The sizes cover both: disks that take nothing, and disks that take several sets.
    expect(disks.some(({ committed, faults }) => committed === 0 && faults.length > 0)).toBe(true)
    expect(disks.some(({ committed }) => committed >= 2)).toBe(true)
    console.info(
      `full disks: ${disks.length} sizes, ${disks.reduce((sum, { committed }) => sum + committed, 0)} sets published before they were full`,
    )
  })
})
