import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { joinDomains } from './join-domains.ts'
import type { UnitManager, UnitName } from './unit-manager.ts'

const moved: UnitName[] = [
  { service: 'voice', unit: 'voice.service' },
  { service: 'lamp', unit: 'lamp.service' },
]

/** Both managers say of everything that they were asked it. */
function join(elsewhere: readonly UnitName[]) {
  const asked: string[] = []
  const manager = (name: string): UnitManager => {
    const reply = (verb: string) => async (service: string) => {
      asked.push(`${name} ${verb} ${service}`)
      return { kind: 'accepted' as const, service }
    }
    return {
      kind: 'systemd-user',
      list: async () => [buildUnitState(name)],
      listStrangers: async () => [],
      reloadDefinitions: async (changed) => {
        asked.push([name, 'reloads', ...changed.map(({ unit }) => unit)].join(' '))
        return []
      },
      start: reply('start'),
      stop: reply('stop'),
      restart: reply('restart'),
      reload: reply('reload'),
      forget: reply('forget'),
    }
  }
  return { asked, joined: joinDomains({ own: manager('own'), other: () => manager('other'), elsewhere: () => elsewhere }) }
}

describe('a haus whose units moved to another domain', () => {
  test.each(['start', 'stop', 'restart', 'reload', 'forget'] as const)('is asked to %s where the unit is', async (verb) => {
    const { asked, joined } = join(moved)
    await joined[verb]('voice')
    await joined[verb]('web')
    expect(asked).toEqual([`other ${verb} voice`, `own ${verb} web`])
  })

  test('has the units of both, in the order of their services', async () => {
    const services = async (elsewhere: readonly UnitName[]) => (await join(elsewhere).joined.list()).map(({ service }) => service)
    expect(await services(moved)).toEqual(['other', 'own'])
    expect(await services([])).toEqual(['own'])
  })

  test('tells the former manager of what changed there alone, and before its own', async () => {
    const changed = [
      { service: 'voice', unit: 'voice.service' },
      { service: 'web', unit: 'web.service' },
    ]
    const [some, none] = [join(moved), join([])]
    await some.joined.reloadDefinitions(changed)
    await none.joined.reloadDefinitions(changed)
    expect(some.asked).toEqual(['other reloads voice.service', 'own reloads voice.service web.service'])
    expect(none.asked).toEqual(['own reloads voice.service web.service'])
  })
})
