import { compareText } from '@sanctum/contracts'
import type { UnitManager, UnitName, UnitReply } from './unit-manager.ts'

export interface DomainManagers {
  /** Has the units of the haus as it is now. */
  readonly own: UnitManager
  /** Has those that the haus had in the other domain; asked only while there are any. */
  other(): UnitManager
  elsewhere(): readonly UnitName[] | Promise<readonly UnitName[]>
}

/** The manager of a haus whose units moved between the manager of the machine and that of a user: each unit is asked of the one that has it. */
export function joinDomains({ own, other, elsewhere }: DomainManagers): UnitManager {
  type Verb = 'start' | 'stop' | 'restart' | 'reload' | 'forget'
  const ask =
    (verb: Verb) =>
    async (service: string): Promise<UnitReply> => {
      const isElsewhere = (await elsewhere()).some((unit) => unit.service === service)
      return (isElsewhere ? other() : own)[verb](service)
    }
  return {
    kind: own.kind,
    async list() {
      if ((await elsewhere()).length === 0) return own.list()
      return [...(await own.list()), ...(await other().list())].sort((a, b) => compareText(a.service, b.service))
    },
    listStrangers: () => own.listStrangers(),
    async reloadDefinitions(changed) {
      // What is taken away there is stopped by name, which needs it to be known as gone.
      const left = await elsewhere()
      const replies =
        left.length === 0 ? [] : await other().reloadDefinitions(left.filter(({ unit }) => changed.some((name) => name.unit === unit)))
      return [...replies, ...(await own.reloadDefinitions(changed))]
    },
    start: ask('start'),
    stop: ask('stop'),
    restart: ask('restart'),
    reload: ask('reload'),
    forget: ask('forget'),
  }
}
