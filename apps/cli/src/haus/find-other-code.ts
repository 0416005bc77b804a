import type { Finding, Haus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { judgeRevisions, observeRevisions } from './observe-revisions.ts'
import { QUICK_LOOK_MS } from './observe-status.ts'

/** Roles that go on with code from before. `held`: with its services as the generation that holds now has them. */
export async function findOtherCode(ports: Ports, held: Haus): Promise<readonly Finding[]> {
  return judgeRevisions(await observeRevisions(ports, Object.values(held.services), QUICK_LOOK_MS))
}
