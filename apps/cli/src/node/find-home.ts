import { lstatSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { Refused } from '../command.ts'

/** The home of the user and that of Sanctum, absolute. Refuses what can never be a folder. */
export function findHome(environment: Readonly<Record<string, string | undefined>>): { readonly userHome: string; readonly home: string } {
  const userHome = environment['HOME'] || homedir()
  if (!isAbsolute(userHome)) throw refusal('HOME', `HOME is ${userHome}, which does not start with /`)
  const asked = environment['SANCTUM_HOME']
  const home = resolve(asked || join(userHome, '.sanctum'))
  const obstacle = findObstacle(home)
  const variable = asked ? 'SANCTUM_HOME' : 'HOME'
  if (obstacle !== null) throw refusal(variable, `${home} cannot be the home of Sanctum, because ${obstacle} is not a folder`)
  return { userHome, home }
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
      fix: { text: `Set ${variable} to a folder, or to one that does not exist yet; SANCTUM_HOME alone moves only Sanctum.` },
    },
  ])
}
