import { toJsonSchemas } from '@sanctum/contracts'
import type { Facts } from '../src/facts.ts'

/** A small program that the pages of the tests are about. */
export const factsOfTests: Facts = {
  commands: [
    { path: ['up'], args: [], flags: [{ names: ['--facts'], takesValue: true }], writes: true },
    { path: ['logs'], args: ['<id>'], flags: [{ names: ['-f', '--follow'], takesValue: false }], writes: false },
    { path: ['explain'], args: ['<subject>'], flags: [{ names: ['--set'], takesValue: true }], writes: false },
    { path: ['router', 'serve'], args: [], flags: [{ names: ['--port'], takesValue: true }], writes: false },
    { path: ['disposable'], args: ['<words...>'], flags: [], writes: false },
  ],
  globalFlags: [
    { names: ['--json'], takesValue: false },
    { names: ['-q', '--quiet'], takesValue: false },
    { names: ['--catalog'], takesValue: true },
    { names: ['-h', '--help'], takesValue: false },
  ],
  writingFlags: [
    { names: ['--dry-run'], takesValue: false },
    { names: ['-y', '--yes'], takesValue: false },
  ],
  lanes: { test: ['--long'], dev: [] },
  roles: { watchdog: ['--home', '--cycle'], router: ['--home', '--config'] },
  findingCodes: ['PORT_HELD', 'UNIT_FAILED'],
  faultCodes: ['DISK_FULL'],
  exitCodes: [0, 1, 64],
  capitals: ['SANCTUM_HOME', 'NO_COLOR'],
  names: ['max_gap_s', 'escalation_command', 'sanctum_watchdog_ok'],
  schemas: { layer: toJsonSchemas()['layer.schema.json'] ?? {}, catalog: toJsonSchemas()['catalog.schema.json'] ?? {} },
  documents: { layer: ['instance.yaml'] },
  haeuser: [
    {
      name: 'small',
      services: [
        { id: 'watchdog', label: 'com.sanctum.watchdog', ports: [2187] },
        { id: 'dashboard', label: 'com.sanctum.dashboard', ports: [1111] },
      ],
    },
  ],
  counts: [
    { noun: 'commands', values: [44], from: 6 },
    { noun: 'checks', values: [21], from: 6 },
    { noun: 'reasons against an upgrade|refusals', values: [8], from: 3 },
    { noun: 'finding codes', values: [283], from: 20 },
    { noun: 'services', values: [9, 89], from: 9 },
  ],
  files: [
    'README.md',
    'tools/sanctumctl',
    'docs/README.md',
    'packages/catalog/src/index.ts',
    'catalogs/small/catalog.yaml',
    'docs/public/favicon.svg',
    'docs/src/assets/plan.svg',
  ],
  homePieces: ['state', 'soak.db', 'receipts', 'generations', 'secrets'],
  exampleAddresses: ['10.10.10.0/24', '192.168.1.10'],
  generated: ['docs/src/content/docs/reference/'],
}
