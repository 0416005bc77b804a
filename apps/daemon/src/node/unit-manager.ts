import { userInfo } from 'node:os'
import type { UnitManagerKind } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import type * as supervisor from '@sanctum/supervisor/node'
import type { HausDefinition } from '../haus-definition.ts'

type Listing = Pick<UnitManager, 'list'>
type Makers = Pick<typeof supervisor, 'createEmbeddedManager' | 'createLaunchdManager' | 'createSystemdManager'>

/** The service manager of a machine, to be listed only. */
export function createUnitManager(definition: HausDefinition, home: string, create: Makers): Listing {
  return makers[definition.manager](definition, home, create)
}

const makers: Readonly<Record<UnitManagerKind, (definition: HausDefinition, home: string, create: Makers) => Listing>> = {
  embedded: (_, home, { createEmbeddedManager }) => createEmbeddedManager({ home }),
  'systemd-system': ({ units }, _, { createSystemdManager }) => createSystemdManager({ scope: 'system', units: () => units }),
  'systemd-user': ({ units }, _, { createSystemdManager }) => createSystemdManager({ scope: 'user', units: () => units }),
  launchd: ({ units }, _, { createLaunchdManager }) => createLaunchdManager({ uid: userInfo().uid, units: () => units }),
}
