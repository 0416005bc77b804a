import { graphFormats } from '@sanctum/catalog'
import { documentKinds, refusalId, renderTarget, verifySuite } from '@sanctum/contracts'
import { contractGraphFormats } from '@sanctum/repo-contracts'
import { endpointNames } from '@sanctum/router-failover'
import { expect, test } from 'vitest'
import { deepChecks } from '../checks/deep/deep-checks.ts'
import { quickChecks } from '../checks/doctor-checks.ts'
import { drillFaultNames } from '../drill/drill-faults.ts'
import { choices } from './choices.ts'
import { shells } from './shell-scripts.ts'

test.each<[keyof typeof choices, readonly string[]]>([
  ['targets', renderTarget.options],
  ['graphFormats', graphFormats],
  ['documentKinds', Object.keys(documentKinds)],
  ['contractGraphFormats', contractGraphFormats],
  ['shells', shells],
  ['drillFaults', drillFaultNames],
  ['endpoints', endpointNames],
  ['refusals', refusalId.options],
  ['suites', verifySuite.options],
  ['checks', [...quickChecks, ...deepChecks].map(({ id }) => id)],
])('%s are those that are accepted', (name, accepted) => {
  expect(choices[name].toSorted()).toEqual(accepted.toSorted())
})
