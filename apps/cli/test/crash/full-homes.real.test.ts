import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { recordProof } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import type { FilledHome } from './fill-home.ts'

// Only in a mount namespace of its own; as an ordinary user with a user namespace around it.
const own = process.geteuid?.() === 0 ? ['-m'] : ['-rm']
const mayMount = process.platform === 'linux' && spawnSync('unshare', [...own, 'true']).status === 0

describe.skipIf(!mayMount)('homes on disks that are full (needs a mount namespace of its own)', () => {
  test('from 16 KiB to 4 MiB: 73 with the path and what comes next, nothing half-made, and with room the same command goes through', async () => {
    const program = fileURLToPath(new URL('fill-home.ts', import.meta.url))
    const halves = [0, 1].map((half) =>
      promisify(execFile)('unshare', [...own, process.execPath, '--conditions=@sanctum/source', program, String(half)], {
        encoding: 'utf8',
      }),
    )
    const outputs = await Promise.all(halves)
    const homes: FilledHome[] = outputs.flatMap(({ stdout }) => stdout.trim().split('\n')).map((line) => JSON.parse(line))
    const failures = homes.flatMap(({ sizeKb, problems }) => problems.map((problem) => `${sizeKb} KiB: ${problem}`))
    const count = (isCounted: (home: FilledHome) => boolean) => homes.filter(isCounted).length
    const [first, second, both] = [
      count(({ codes }) => codes[0] === 73),
      count(({ codes }) => codes[1] === 73),
      count(({ codes }) => codes[1] === 0),
    ]
    console.info(`full homes: ${homes.length} sizes; full at the set-up ${first}, at the change ${second}, room for both ${both}`)
    recordProof({
      programme: 'homes on full disks',
      seed: null,
      counts: { sizes: homes.length, 'full at the set-up': first, 'full at the change': second, 'room for both': both },
      failures: failures.length,
      guards: ['packages/generations/src', 'packages/journal/src', 'apps/cli/src', 'apps/cli/test/crash'],
    })
    expect(failures).toEqual([])
    expect(homes).toHaveLength(25)
    // The sizes cover all: no room at all, room for the first only, and room.
    expect([first, second, both].every((seen) => seen > 0)).toBe(true)
  }, 1_200_000)
})
