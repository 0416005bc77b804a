import { listNeededFiles, listPrerequisites, type Prerequisite } from '@sanctum/host-resolver'
import type { CommandContext } from '../command.ts'
import type { LoadedHaus } from './load-haus.ts'

/** What the services here need, files included, and whether this machine has it. */
export async function readPrerequisites({ ports, options }: CommandContext, { haus, facts }: LoadedHaus): Promise<readonly Prerequisite[]> {
  // Saved facts describe another machine, whose files nobody can look at from here.
  const files = typeof options['facts'] === 'string' ? [] : listNeededFiles(haus).map(({ path }) => path)
  return listPrerequisites(haus, facts, await ports.host.presence(files))
}
