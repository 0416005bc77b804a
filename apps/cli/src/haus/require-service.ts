import type { Haus, ResolvedService } from '@sanctum/contracts'
import { UsageProblem } from '../command.ts'
import { unknownWord } from '../output/unknown-word.ts'

/**
 * The service of that id on this machine, or a usage problem that says where it is or which one was meant. `wanted`: what the catalog says,
 * where `haus` is what runs.
 */
export function requireService(haus: Haus, id: string, wanted: Haus = haus): ResolvedService {
  const service = haus.services[id]
  if (service) return service
  if (Object.hasOwn(wanted.services, id))
    throw new UsageProblem(
      `${id} is in the catalog, but not rendered here, so nothing of it runs yet`,
      'sanctumctl up renders it and starts it.',
    )
  const skipped = haus.skipped[id]
  if (skipped)
    throw new UsageProblem(
      `${id} does not run on this machine: ${skipped.why}`,
      `sanctumctl explain services.${id}.enabled shows who says so.`,
    )
  throw unknownWord(id, {
    what: 'service',
    words: Object.keys(haus.services),
    otherwise: 'sanctumctl status names the services of this machine.',
  })
}
