import { buildFacts } from '@sanctum/testkit'
import { buildCatalog, haus } from '../build-catalog.ts'
import { findingsOf } from '../resolve.ts'
import type { Case } from './case.ts'

const { instance } = haus as { instance: NonNullable<typeof haus.instance> }
const several = buildCatalog({ instance: { instance, nodes: { hub: { type: 'hub' }, cabin: { type: 'satellite' } } } })
const mac = buildCatalog({ instance: { instance, nodes: { local: { type: 'hub', os: 'darwin' } } } })

/** Which machine is meant. */
export const nodeCases: readonly Case[] = [
  {
    name: 'no node is declared',
    findings: () => findingsOf(buildCatalog({ instance: { instance } })),
    code: 'NODES_MISSING',
    at: 'instance.yaml',
    fix: 'Add nodes to instance.yaml',
  },
  {
    name: 'nothing says which of several nodes this is',
    findings: () => findingsOf(several, { facts: buildFacts({ node_id: null }) }),
    code: 'NODE_UNDECIDED',
    at: '/home/neo/.sanctum/.node_id',
    fix: '--node cabin',
  },
  {
    name: 'a node misspelled on the command line',
    findings: () => findingsOf(several, { node: 'cabbin' }),
    code: 'NODE_NOT_IN_CATALOG',
    at: '--node or SANCTUM_NODE',
    fix: '--node cabin',
  },
  {
    name: 'the machine was named for another haus',
    findings: () => findingsOf(several, { facts: buildFacts({ node_id: 'castle' }) }),
    code: 'NODE_NOT_IN_CATALOG',
    at: '/home/neo/.sanctum/.node_id',
    fix: '--node',
  },
  {
    name: 'the facts of a Linux machine for a node that is a Mac',
    findings: () => findingsOf(mac),
    code: 'NODE_OS_MISMATCH',
    at: 'instance.yaml:8:5',
    fix: '--facts',
  },
]
