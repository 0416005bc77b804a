import { lstatSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { Refused } from '../command.ts'

/** The home of the user and that of Sanctum, absolute. Refuses what can never be a folder. */
export function findHome(environment: Readonly<Record<string, string | undefined>>): { readonly userHome: string; readonly home: string } {
  const userHome = requireRoot('HOME', environment['HOME'] || homedir())
  const asked = environment['SANCTUM_HOME'] && requireRoot('SANCTUM_HOME', environment['SANCTUM_HOME'])
  const home = resolve(asked || join(userHome, '.sanctum'))
  const obstacle = findObstacle(home)
  const variable = asked ? 'SANCTUM_HOME' : 'HOME'
  if (obstacle !== null) throw refusal(variable, `${home} cannot be the home of Sanctum, because ${obstacle} is not a folder`)
  return { userHome, home }
}

/** A relative one would be another home in each folder, and so would a ~ that no shell has expanded. */
function requireRoot(variable: string, path: string): string {
  if (isAbsolute(path)) return path
  throw refusal(variable, path === '' ? `${variable} is empty` : `${variable} is ${path}, which does not start with /`)
}

/** The part of the path that exists and is no folder; null where there is none. */
function findObstacle(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // What may not be looked at is told by whoever needs to write there.
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return null
    if (code === 'ENOTDIR' || !isLink(path)) return findObstacle(dirname(path))
  }
  return path
}

/** A link to nowhere: it exists, and a folder of its name cannot be made. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function refusal(variable: string, message: string): Refused {
  return new Refused([
    {
      code: 'VARIABLE_INVALID',
      severity: 'error',
      message,
      subject: variable,
      fix: {
        text: `Set ${variable} to the whole path of a folder, or of one that does not exist yet${variable === 'HOME' ? '; SANCTUM_HOME alone moves only Sanctum' : ''}.`,
      },
    },
  ])
}
