import type { Catalog } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { type BootstrapInput, planBootstrap } from './plan-bootstrap.ts'

const catalog = {
  services: {
    ollama: { kind: 'external', tier: 'optional', settings: { model_server: 'ollama' } },
    'lm-studio': { kind: 'external', tier: 'optional', settings: { model_server: 'lm-studio' } },
  },
} as unknown as Catalog
const bare: BootstrapInput = {
  home: '/home/neo/.sanctum',
  node: 'local',
  catalogFolder: null,
  catalog,
  modelServers: [{ kind: 'ollama', port: 11435, models: [] }],
  present: { instance: null, nodeId: null, catalog: null },
  replaces: false,
}
const file = (text: string) => ({ text, digest: 'd'.repeat(64) })
const writes = (input: BootstrapInput) => planBootstrap(input).steps.flatMap((step) => (step.do === 'rename' ? [step.to] : []))

test('a bare machine gets a node id and a layer that holds what was found', () => {
  const { steps, creates } = planBootstrap(bare)
  const layer = steps.find((step) => step.do === 'write' && step.path.includes('instance.yaml'))
  expect(creates).toEqual(['node id local', "this machine's own layer with ollama on 11435"])
  expect(layer).toMatchObject({
    mode: '0600',
    content: expect.stringContaining('services:\n  ollama:\n    enabled: true\n    port: 11435\n'),
  })
})

test('every file is written beside its place, made durable and then renamed', () => {
  expect(planBootstrap(bare).steps.map((step) => step.do)).toEqual([
    'make-directory',
    'make-directory',
    'make-directory',
    'remove-file',
    'write',
    'sync-files',
    'rename',
    'remove-file',
    'write',
    'sync-files',
    'rename',
    'sync-directory',
  ])
})

test.each<[string, Partial<BootstrapInput>, readonly string[]]>([
  ['a machine that is set up', { present: { instance: file('mine'), nodeId: file('local\n'), catalog: null } }, []],
  ['a layer that a person wrote, node id missing', { present: { instance: file('mine'), nodeId: null, catalog: null } }, ['.node_id']],
  [
    'another catalog',
    { catalogFolder: '/haus', present: { instance: file('mine'), nodeId: file('local\n'), catalog: file('/old\n') } },
    ['.catalog'],
  ],
  [
    'the same catalog',
    { catalogFolder: '/haus', present: { instance: file('mine'), nodeId: file('local\n'), catalog: file('/haus\n') } },
    [],
  ],
  [
    'a forced start over',
    { replaces: true, present: { instance: file('mine'), nodeId: file('hub\n'), catalog: null } },
    ['.node_id', 'instance.yaml'],
  ],
])('%s: writes %j', (_, overrides, expected) => {
  expect(writes({ ...bare, ...overrides })).toEqual(expected.map((name) => `/home/neo/.sanctum/${name}`))
})

test('what a forced start over replaces is kept', () => {
  const { steps } = planBootstrap({ ...bare, replaces: true, present: { instance: file('mine'), nodeId: file('local\n'), catalog: null } })
  expect(steps).toContainEqual({
    do: 'copy',
    from: '/home/neo/.sanctum/instance.yaml',
    to: `/home/neo/.sanctum/instance.yaml.${'d'.repeat(16)}`,
    mode: '0600',
    digest: 'd'.repeat(64),
  })
})
