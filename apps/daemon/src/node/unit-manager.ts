import { userInfo } from 'node:os'
import type { UnitManagerKind } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import type * as supervisor from '@sanctum/supervisor/node'
import type { HausDefinition } from '../haus-definition.ts'

type Restarter = Pick<UnitManager, 'list' | 'listStrangers' | 'restart'>
type Makers = Pick<typeof supervisor, 'createEmbeddedManager' | 'createLaunchdManager' | 'createSystemdManager'>

/** The service manager of a machine, as a role needs it: what runs, and a restart. */
export function createUnitManager(definition: HausDefinition, home: string, create: Makers): Restarter {
  return makers[definition.manager](definition, home, create)
}

const makers: Readonly<Record<UnitManagerKind, (definition: HausDefinition, home: string, create: Makers) => Restarter>> = {
  embedded: (_, home, { createEmbeddedManager }) => createEmbeddedManager({ home }),
  'systemd-system': ({ units }, _, { createSystemdManager }) => createSystemdManager({ scope: 'system', units: () => units }),
  'systemd-user': ({ units }, _, { createSystemdManager }) => createSystemdManager({ scope: 'user', units: () => units }),
  launchd: ({ units }, _, { createLaunchdManager }) => createLaunchdManager({ uid: userInfo().uid, units: () => units }),
}
