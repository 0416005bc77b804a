import type { Catalog } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { listOwnPorts, renderMachineLayer } from './plan-machine-layer.ts'

const catalog = {
  services: {
    web: { kind: 'daemon', provides: [{ port: 80 }] },
    mail: {
      kind: 'daemon',
      provides: [
        { port: 25, name: 'smtp' },
        { port: 143, protocol: 'tcp' },
      ],
    },
    far: { kind: 'external', provides: [{ port: 443 }] },
    job: { kind: 'oneshot' },
  },
} as unknown as Catalog

test('every port of a service of this machine is moved, and what else is said of it stays', () => {
  const moved = listOwnPorts(catalog).map((port, index) => ({ ...port, to: 9000 + index }))
  expect(moved.map(({ service, from, to }) => [service, from, to])).toEqual([
    ['web', 80, 9000],
    ['mail', 25, 9001],
    ['mail', 143, 9002],
  ])
  expect(renderMachineLayer(moved).split('\n').slice(1)).toEqual([
    'services:',
    '  web:',
    '    port: 9000',
    '  mail:',
    '    provides: [{"port":9001,"name":"smtp"},{"port":9002,"protocol":"tcp"}]',
    '',
  ])
  expect(renderMachineLayer([])).toContain('services: {}')
})
