import type { Finding, Haus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { judgeRevisions, observeRevisions } from './observe-revisions.ts'
import { QUICK_LOOK_MS } from './observe-status.ts'
import { readHeldServices } from './read-held-service.ts'

/** Roles that go on with code from before. */
export async function findOtherCode(ports: Ports, haus: Haus): Promise<readonly Finding[]> {
  return judgeRevisions(await observeRevisions(ports, readHeldServices(ports, Object.values(haus.services)), QUICK_LOOK_MS))
}
