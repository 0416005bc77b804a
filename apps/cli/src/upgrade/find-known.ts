import type { RefusalId } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import type { UpgradePort } from '../ports.ts'
import { toKey } from './read-answer.ts'
import { asEnvironment, toErrors, toRevisionEnd } from './run-revision.ts'

/** What doctor and drift find already, by code and subject, where a person has passed them over. Only what is new speaks against a revision. */
export async function findKnown(
  { ports, signal }: CommandContext,
  port: UpgradePort,
  despite: readonly RefusalId[],
): Promise<ReadonlySet<string>> {
  if (!despite.includes('doctor-red') && !despite.includes('runtime-drift')) return new Set()
  return findRed({ ports, signal }, port)
}

/** What doctor and drift find at this moment. Who goes back is held only against what going back brings. */
export async function findRed(
  { ports, signal }: Pick<CommandContext, 'ports' | 'signal'>,
  port: UpgradePort,
): Promise<ReadonlySet<string>> {
  const ask = async (...words: readonly string[]) =>
    toErrors(
      toRevisionEnd(
        await port.run({
          words: [...port.self, ...words, '--json'],
          folder: ports.files.toAbsolute('.'),
          environment: asEnvironment(ports),
          deadlineMs: 60_000,
          signal,
        }),
      ).answer,
    )
  return new Set([...(await ask('doctor', '--quick')), ...(await ask('drift'))].map(toKey))
}
