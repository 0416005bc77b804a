import type { Haus, ResolvedService } from '@sanctum/contracts'
import { UsageProblem } from '../command.ts'
import { unknownWord } from '../output/unknown-word.ts'

/** The service of that id on this machine, or a usage problem that says where it is or which one was meant. */
export function requireService(haus: Haus, id: string): ResolvedService {
  const service = haus.services[id]
  if (service) return service
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
