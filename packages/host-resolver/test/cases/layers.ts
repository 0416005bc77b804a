import type { LayerDocument } from '@sanctum/contracts'
import { judgeMachineLayer, settingsLayer } from '@sanctum/host-resolver'
import { buildCatalog, buildMachine, daemon, haus } from '../build-catalog.ts'
import { findingsOf } from '../resolve.ts'
import type { Case } from './case.ts'

const web = daemon({ provides: [{ port: 1111, port_lore: 'four ones' }], health: { readiness: { type: 'http', port: 1111, path: '/health' } } })
const services = { web, worker: daemon({ requires: ['web'] }) }
const retired = { xtts: { retired: '2026-04-19', reason: 'qwen3-tts speaks now', replaced_by: 'web' } }

const inOverlay = (overlay: LayerDocument) => () => findingsOf(buildCatalog({ services, retired, overlays: { local: overlay } }))
const inInstance = (document: LayerDocument) => () => findingsOf(buildCatalog({ services, instance: { ...haus, ...document } }))
const inMachine = (machine: LayerDocument) => () => findingsOf(buildCatalog({ services, retired }), { machine: buildMachine(machine) })
const pair = { dash: daemon({ provides: [{ port: 1111 }] }), web: daemon({ provides: [{ port: 1112 }] }) }
const whole = { provides: [{ port: 1200 }] }

/** Layers that are right by themselves, and wrong together or for this haus. */
export const layerCases: readonly Case[] = [
  {
    name: 'an overlay changes a misspelled service',
    findings: inOverlay({ services: { wbe: { enabled: false } } }),
    code: 'OVERLAY_SERVICE_UNKNOWN',
    at: 'overlays/local.yaml:2:3',
    fix: 'Write web instead of wbe',
  },
  {
    name: 'this machine changes a misspelled service',
    findings: inMachine({ services: { workr: { enabled: false } } }),
    code: 'MACHINE_SERVICE_UNKNOWN',
    at: '~/.sanctum/instance.yaml:2:3',
    fix: 'Write worker instead of workr',
  },
  {
    name: 'an overlay adds a service and forgets its tier',
    findings: inOverlay({ services: { extra: { kind: 'daemon' } } }),
    code: 'OVERLAY_SERVICE_UNKNOWN',
    at: 'overlays/local.yaml:2:3',
    fix: 'describe extra in catalog.yaml',
  },
  {
    name: 'an overlay changes a service that is retired',
    findings: inOverlay({ services: { xtts: { enabled: true } } }),
    code: 'PATCH_OF_RETIRED',
    at: 'overlays/local.yaml:2:3',
    fix: 'Move the entry to web',
  },
  {
    name: 'a node switches a misspelled service',
    findings: inInstance({ nodes: { local: { type: 'hub', services: { workre: { enabled: false } } } } }),
    code: 'NODE_SERVICE_UNKNOWN',
    at: 'instance.yaml:9:7',
    fix: 'Write worker instead of workre',
  },
  {
    name: 'an overlay gives a probe a type without what that type needs',
    findings: inOverlay({ services: { web: { health: { contract: { type: 'file', path: '/tmp/x' } as never } } } }),
    code: 'OVERLAY_VALUE_INVALID',
    at: 'overlays/local.yaml:4:7',
    fix: 'overlays/local.yaml',
  },
  {
    name: 'this machine adds a node and forgets its type',
    findings: inMachine({ nodes: { spare: { user: 'neo' } as never } }),
    code: 'MACHINE_VALUE_INVALID',
    at: '~/.sanctum/instance.yaml:2:3',
    fix: '~/.sanctum/instance.yaml',
  },
  {
    name: 'instance.yaml of this machine did not parse',
    findings: () =>
      judgeMachineLayer('~/.sanctum/instance.yaml', [
        { code: 'UNKNOWN_KEY', severity: 'error', message: 'there is no key profil', at: { file: '~/.sanctum/instance.yaml', line: 1, column: 1 } },
      ]),
    code: 'MACHINE_LAYER_INVALID',
    at: '~/.sanctum/instance.yaml:1:1',
    fix: 'Correct ~/.sanctum/instance.yaml',
    besides: ['UNKNOWN_KEY'],
  },
  {
    name: 'instance.yaml and catalog.yaml give one port differently',
    findings: inInstance({ services: { web: { port: 1112 } } }),
    code: 'VALUES_CONFLICT',
    at: 'instance.yaml:10:5',
    related: ['catalog.yaml:10:9'],
    fix: 'Keep one of the two',
  },
  {
    name: 'instance.yaml and catalog.yaml give one title differently',
    findings: () =>
      findingsOf(buildCatalog({ services: { web: { ...web, title: 'Web' } }, instance: { ...haus, services: { web: { title: 'Site' } } } })),
    code: 'VALUES_CONFLICT',
    at: 'instance.yaml:10:5',
    related: ['catalog.yaml:17:5'],
    fix: 'Keep one of the two',
  },
  {
    name: 'one overlay gives a port in both ways',
    findings: inOverlay({ services: { web: { port: 1201, ...whole } } }),
    code: 'VALUES_CONFLICT',
    at: 'overlays/local.yaml:3:5',
    related: ['overlays/local.yaml:6:9'],
    fix: 'Keep one of the two',
  },
  {
    name: 'a port for a service that provides nothing',
    findings: inOverlay({ services: { worker: { port: 4000 } } }),
    code: 'PORT_PATCH_WITHOUT_PORT',
    at: 'overlays/local.yaml:3:5',
    fix: 'Say under provides of worker',
  },
  {
    name: 'this machine moves a port, the probe stays behind',
    findings: inMachine({ services: { web: { port: 1112 } } }),
    code: 'PROBE_LEFT_BEHIND',
    at: '~/.sanctum/instance.yaml:3:5',
    related: ['catalog.yaml:15:9'],
    fix: 'Take port out of the readiness probe',
  },
  {
    name: 'an overlay requires a service that does not exist',
    findings: inOverlay({ services: { worker: { requires: ['webb'] } } }),
    code: 'REQUIREMENT_UNKNOWN',
    at: 'overlays/local.yaml:4:7',
    fix: 'Write web instead of webb',
  },
  {
    name: 'an overlay requires a service that is retired',
    findings: inOverlay({ services: { worker: { requires: [{ service: 'xtts', strength: 'soft' }] } } }),
    code: 'REQUIREMENT_UNKNOWN',
    at: 'overlays/local.yaml:4:7',
    fix: 'Write web instead of xtts',
  },
  {
    name: 'a token stands in the layer of this machine',
    findings: inMachine({ services: { web: { run: { command: ['/opt/web'], env: { HA_TOKEN: 'eyJhbGciOi' } } } } }),
    code: 'SECRET_IN_LAYER',
    at: '~/.sanctum/instance.yaml:7:9',
    fix: 'run.secrets: { HA_TOKEN: { secret: ha_token } }',
  },
  {
    name: 'the haus has no time zone',
    findings: () => findingsOf(buildCatalog({ instance: { ...haus, instance: { slug: 'test', name: 'Test' } } })),
    code: 'INSTANCE_INCOMPLETE',
    at: 'instance.yaml:1:1',
    fix: 'timezone: America/Montreal',
  },
  {
    name: 'an overlay misspells a time zone',
    findings: inOverlay({ instance: { timezone: 'America/Montral' } }),
    code: 'TIMEZONE_UNKNOWN',
    at: 'overlays/local.yaml:2:3',
    fix: 'America/Montreal',
  },
  {
    name: 'an offset is no time zone',
    findings: inOverlay({ instance: { timezone: '+02:00' } }),
    code: 'TIMEZONE_UNKNOWN',
    at: 'overlays/local.yaml:2:3',
    fix: 'IANA name',
  },
  {
    name: 'the night begins at an hour that does not exist',
    findings: inMachine({ policies: { night_window: { from: '25:00', to: '05:00' } } }),
    code: 'CLOCK_TIME_INVALID',
    at: '~/.sanctum/instance.yaml:3:5',
    fix: 'such as "02:00"',
  },
  {
    name: 'quiet hours without minutes',
    findings: inOverlay({ notifications: { quiet_hours: { from: '22', to: '08:00' } } }),
    code: 'CLOCK_TIME_INVALID',
    at: 'overlays/local.yaml:3:5',
    fix: 'such as "02:00"',
  },
  {
    name: 'the P0 services do not fit into the memory',
    findings: () =>
      findingsOf(
        buildCatalog({
          services: { brain: daemon({ tier: 'P0', capacity: { ram_budget_mb: 40_000 } }), ear: daemon({ tier: 'P0', capacity: { ram_budget_mb: 500 } }) },
        }),
      ),
    code: 'CAPACITY_EXCEEDED',
    at: 'catalog.yaml:9:7',
    fix: 'ram_budget_mb of brain',
  },
  {
    name: 'a machine gives two services one port',
    findings: () =>
      findingsOf(buildCatalog({ services: pair }), { machine: buildMachine({ services: { dash: { port: 1112 }, web: { port: 1112 } } }) }),
    code: 'MACHINE_VALUE_INVALID',
    at: '~/.sanctum/instance.yaml:5:5',
    fix: 'Give web another port',
    related: ['~/.sanctum/instance.yaml:3:5'],
  },
  {
    name: 'a machine moves a service to the port of another one',
    findings: () => findingsOf(buildCatalog({ services: pair }), { machine: buildMachine({ services: { dash: { port: 1112 } } }) }),
    code: 'MACHINE_VALUE_INVALID',
    at: '~/.sanctum/instance.yaml:3:5',
    fix: 'Give dash another port',
  },
  {
    name: 'a flag moves a service to the port of another one',
    findings: () =>
      findingsOf(buildCatalog({ services: pair }), {
        flags: settingsLayer([{ path: 'services.web.port', value: '1111', source: '--set services.web.port' }], 'flag').layer,
      }),
    code: 'SETTING_INVALID',
    at: '--set services.web.port',
    fix: 'Give web another port',
  },
]
