import * as agents from '../../../packages/contracts/src/documents/agents.ts'
import * as catalog from '../../../packages/contracts/src/documents/catalog.ts'
import * as health from '../../../packages/contracts/src/documents/health.ts'
import * as layer from '../../../packages/contracts/src/documents/layer.ts'
import * as router from '../../../packages/contracts/src/documents/router.ts'
import * as service from '../../../packages/contracts/src/documents/service.ts'
import * as waivers from '../../../packages/contracts/src/documents/waivers.ts'
import type { DocumentSchema } from '../../../packages/contracts/src/schema-shape.ts'

/** One table of keys: a document, or a part that several documents share. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly schema: DocumentSchema
  readonly intro: string
}

/** The documents that a person writes, in the order in which a newcomer meets them. */
export const documentSections: readonly Section[] = [
  {
    id: 'catalog',
    title: 'catalog.yaml',
    schema: catalog.catalogDocument,
    intro: 'What services there are. Long catalogs are split over `catalog.d/*.yaml`; an id that stands in two files is a finding.',
  },
  {
    id: 'runtime-catalog',
    title: 'runtime_catalog.yaml',
    schema: catalog.runtimeCatalogDocument,
    intro: 'What no single service owns: edges between services, auxiliary units, and remediation that is kept apart.',
  },
  {
    id: 'layer',
    title: 'instance.yaml, overlays, the machine layer',
    schema: layer.layerDocument,
    intro:
      'One shape for `instance.yaml`, `overlays/<node>.yaml` and the `instance.yaml` under `SANCTUM_HOME`. Each says only what it changes; [Host resolution](/guide/host-resolution/) has their order.',
  },
  {
    id: 'agent-capabilities',
    title: 'agent_capabilities.yaml',
    schema: agents.agentCapabilitiesDocument,
    intro: 'What each agent may change. A prohibition wins over every permission.',
  },
  {
    id: 'stability-window',
    title: 'stability_window.yaml',
    schema: agents.stabilityWindowDocument,
    intro: 'How long the haus must be calm before a change, and what must be clean meanwhile.',
  },
  {
    id: 'waivers',
    title: 'waivers.yaml of a machine',
    schema: waivers.waiversDocument,
    intro: 'Findings of this machine that somebody lives with. It lies in `SANCTUM_HOME`.',
  },
]

/** Parts that have a table of their own, because more than one place refers to them. */
export const partSections: readonly Section[] = [
  { id: 'service', title: 'A service', schema: service.service, intro: 'One entry of `services` or `auxiliary`.' },
  {
    id: 'placement',
    title: 'Where it runs',
    schema: service.placement,
    intro: 'The value of `on`. Every condition given must hold; within one list any entry is enough.',
  },
  { id: 'run', title: 'How it is started', schema: service.run, intro: 'The value of `run`.' },
  { id: 'provided', title: 'What it listens on', schema: service.provided, intro: 'One entry of `provides`.' },
  {
    id: 'requirement',
    title: 'What it needs',
    schema: service.requirement,
    intro: 'One entry of `requires`: the id of a service, or this.',
  },
  { id: 'schedule', title: 'When it runs', schema: service.schedule, intro: 'The value of `schedule`: either `every_s`, or `at`.' },
  { id: 'restart', title: 'When it is started again', schema: service.restart, intro: 'The value of `restart`.' },
  { id: 'stop', title: 'How it is stopped', schema: service.stop, intro: 'The value of `stop`.' },
  { id: 'remediation', title: 'What heals it', schema: service.remediation, intro: 'The value of `remediation`.' },
  { id: 'capacity', title: 'What it weighs', schema: service.serviceCapacity, intro: 'The value of `capacity`.' },
  { id: 'sandbox', title: 'What it may touch', schema: service.sandbox, intro: 'The value of `sandbox`.' },
  {
    id: 'health',
    title: 'How it is probed',
    schema: health.health,
    intro: 'The value of `health`. [Health](/guide/health/) says what each purpose leads to.',
  },
  {
    id: 'probe',
    title: 'A probe',
    schema: health.probe,
    intro: 'What is asked, by its `type`. The keys of the first table stand for every type.',
  },
  { id: 'busy', title: 'Where it shows its work', schema: health.busySource, intro: 'The value of `busy`, by its `from`.' },
  {
    id: 'backend',
    title: 'A backend of the router',
    schema: router.backend,
    intro: 'One entry of `backends`, in a catalog or in the file of `sanctumctl router serve --config`.',
  },
  { id: 'tombstone', title: 'A retired service', schema: service.tombstone, intro: 'One entry of `retired`.' },
  { id: 'node', title: 'A node', schema: layer.node, intro: 'One entry of `nodes`.' },
]
