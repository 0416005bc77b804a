import { userInfo } from 'node:os'
import type { UnitManagerKind } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import { createEmbeddedManager, createLaunchdManager, createSystemdManager } from '@sanctum/supervisor/node'
import type { HausDefinition } from '../haus-definition.ts'

type Listing = Pick<UnitManager, 'list'>

/** The service manager of a machine, to be listed only. */
export function createUnitManager(definition: HausDefinition, home: string): Listing {
  return makers[definition.manager](definition, home)
}

const makers: Readonly<Record<UnitManagerKind, (definition: HausDefinition, home: string) => Listing>> = {
  embedded: (_, home) => createEmbeddedManager({ home }),
  'systemd-system': ({ units }) => createSystemdManager({ scope: 'system', units: () => units }),
  'systemd-user': ({ units }) => createSystemdManager({ scope: 'user', units: () => units }),
  launchd: ({ units }) => createLaunchdManager({ uid: userInfo().uid, units: () => units }),
}
