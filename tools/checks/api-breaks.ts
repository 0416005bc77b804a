import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReleasedApi } from '../api/api-reports.ts'
import { type Room, roomsOf } from './workspace-files.ts'

/**
 * A package that breaks its users since its last version has a changeset that says so. From 1.0.0 on that is a major one; below it a
 * minor one, since there the second number is what a range such as ^0.3.1 holds on to.
 */
export async function checkApiBreaks(root: string): Promise<readonly string[]> {
  const bumps = readBumps(root)
  return roomsOf(root)
    .filter(({ kind, manifest }) => kind === 'package' && manifest.private !== true)
    .flatMap((room) => judgeRoom(root, room, bumps))
}

type Bump = 'patch' | 'minor' | 'major'

const ranks: Readonly<Record<Bump, number>> = { patch: 1, minor: 2, major: 3 }

function judgeRoom(root: string, { path, manifest }: Room, bumps: ReadonlyMap<string, Bump>): readonly string[] {
  const [told, released] = [readText(root, `${path}/api/breaks.txt`), readText(root, `${path}/api/released.json`)]
  if (told === null || released === null)
    return [`${path}/api: is missing; type: tools/sanctumctl dev pnpm generate, which tells what to restore`]
  const breaks = told.split('\n').filter((line) => line !== '')
  const { version } = JSON.parse(released) as ReleasedApi
  const name = String(manifest.name)
  const needed: Bump = version.startsWith('0.') ? 'minor' : 'major'
  const has = bumps.get(name)
  if (breaks.length === 0 || (has !== undefined && ranks[has] >= ranks[needed])) return []
  return [
    `${path}/api: ${name} breaks its users since ${version}, and ${has === undefined ? 'no changeset is pending for it' : `its changeset says ${has}`}; add one that says ${needed}: ${breaks.slice(0, 5).join(', ')}${breaks.length > 5 ? ` and ${breaks.length - 5} more` : ''}`,
  ]
}

/** The greatest bump that pending changesets ask for, by package. */
function readBumps(root: string): ReadonlyMap<string, Bump> {
  const bumps = new Map<string, Bump>()
  for (const file of globSync('.changeset/*.md', { cwd: root })) {
    const [, head = ''] = readFileSync(join(root, file), 'utf8').split(/^---$/m)
    for (const [, name = '', bump = 'patch'] of head.matchAll(/^\s*['"]?(@?[\w./-]+)['"]?\s*:\s*(patch|minor|major)\s*$/gm)) {
      const known = bumps.get(name)
      if (known === undefined || ranks[known] < ranks[bump as Bump]) bumps.set(name, bump as Bump)
    }
  }
  return bumps
}

function readText(root: string, path: string): string | null {
  const file = join(root, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}
