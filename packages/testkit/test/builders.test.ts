import { hostFacts, surface, unitState } from '@sanctum/contracts'
import { buildFacts, buildHaus, buildRequirement, buildService, buildSurface, buildUnitState } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'

describe('builders', () => {
  test('what they build passes the schemas', () => {
    expect(hostFacts.parse(buildFacts())).toEqual(buildFacts())
    expect(unitState.parse(buildUnitState('watchdog')).service).toBe('watchdog')
    expect(surface.parse(buildSurface(sha256, { content: '' })).digest).toBe(sha256(''))
  })

  test('a haus orders its services, and knows dependents and absent requirements', () => {
    const haus = buildHaus([
      buildService('agent', { requires: [buildRequirement('server'), buildRequirement('elsewhere')] }),
      buildService('server'),
    ])
    expect(haus.order).toEqual(['server', 'agent'])
    expect(haus.services.server?.dependents).toEqual(['agent'])
    expect(haus.services.agent?.requires.map(({ here }) => here)).toEqual([true, false])
  })

  test('services that require each other are refused with the path', () => {
    const circle = [buildService('a', { requires: [buildRequirement('b')] }), buildService('b', { requires: [buildRequirement('a')] })]
    expect(() => buildHaus(circle)).toThrow('a -> b -> a')
  })
})
