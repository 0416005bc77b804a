import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('programs/print-digests.ts', import.meta.url))

/** One digest for each manager, printed by a fresh process in this surrounding. */
function printDigests(env: Readonly<Record<string, string>>, cwd: string, umask: string): string {
  const command = 'umask "$1" && exec "$2" --conditions=@sanctum/source "$3"'
  const { status, stderr, stdout } = spawnSync('/bin/sh', ['-c', command, 'sh', umask, process.execPath, program], {
    cwd,
    env: { PATH: '/usr/bin:/bin', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect([stderr, status]).toEqual(['', 0])
  return stdout
}

describe('rendering', () => {
  it('gives the same bytes in every time zone, language, folder and umask', async () => {
    await using folder = await createTemporaryFolder()
    const expected = printDigests({ TZ: 'UTC', LANG: 'C' }, '/', '022')
    expect(expected.trim().split('\n').length).toBe(8)
    const surroundings: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
      [{ TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }, folder.path, '077'],
      [{ TZ: 'America/St_Johns', LANG: 'sv_SE.UTF-8', HOME: folder.path, NODE_ICU_DATA: '' }, '/usr', '000'],
      [{ TZ: 'Pacific/Chatham', LC_COLLATE: 'de_DE.UTF-8', LC_NUMERIC: 'de_DE.UTF-8' }, '/tmp', '027'],
    ]
    for (const [env, cwd, umask] of surroundings) expect(printDigests(env, cwd, umask)).toBe(expected)
  })
})
