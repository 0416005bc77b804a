import { join } from 'node:path'
import { withPacked } from './pack.ts'
import { runProgram } from './run-program.ts'
import { type Room, roomsOf } from './workspace-files.ts'

/** What an outside project would get: each package is built, packed and read by publint, and by attw where it has types to import. */
export async function checkPackages(root: string): Promise<readonly string[]> {
  const build = await runProgram(root, 'turbo', ['run', 'build', '--output-logs=errors-only', '--log-prefix=task'])
  if (build.length > 0) return build
  const problems: string[] = []
  for (const room of roomsOf(root).filter(({ manifest }) => manifest.private !== true)) problems.push(...(await judgePacked(root, room)))
  return problems
}

export async function judgePacked(root: string, room: Room): Promise<readonly string[]> {
  const lines = await withPacked(root, room, async (archive) => [
    ...(await runProgram(root, join(bin, 'publint'), ['run', archive, '--strict'])),
    ...(room.manifest.exports === undefined ? [] : await runProgram(root, join(bin, 'attw'), [archive, ...attwOptions])),
  ])
  return lines.map((line) => `${room.path}: ${line}`)
}

const bin = join(import.meta.dirname, '../node_modules/.bin')
// Published for ESM alone: how CommonJS and the resolution of old Node see it is not asked.
const attwOptions = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--exclude-entrypoints', './schemas/*']
