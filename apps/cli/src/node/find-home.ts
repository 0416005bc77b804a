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
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return null
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined
  return isThere ? path : findObstacle(dirname(path))
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
