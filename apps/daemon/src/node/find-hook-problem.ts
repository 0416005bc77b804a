import { constants } from 'node:fs'
import { access } from 'node:fs/promises'

/** Why a command could not be run; null where its program is there. A program that is not named by its path is looked for on the search path. */
export async function findHookProblem([program = '']: readonly string[], searchPath = ''): Promise<string | null> {
  const places = program.includes('/') ? [program] : searchPath.split(':').map((folder) => `${folder}/${program}`)
  for (const place of places)
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return null
  return `${program} cannot be run: it is not there, or not a program`
}
