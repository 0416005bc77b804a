import type * as z from 'zod'
import { agentCapabilitiesDocument, stabilityWindowDocument } from './agents.ts'
import { catalogDocument, runtimeCatalogDocument } from './catalog.ts'
import { layerDocument } from './layer.ts'
import { repoContractDocument } from './repo-contract.ts'
import { serviceManifestDocument } from './service-manifest.ts'
import { waiversDocument } from './waivers.ts'

/** Every YAML document of a haus: its schema, where it lies, and the file of its published JSON Schema. */
export const documentKinds = {
  catalog: {
    schema: catalogDocument,
    files: ['catalog.yaml', 'catalog.d/*.yaml'],
    published: 'catalog.schema.json',
    title: 'Services of a haus',
  },
  'runtime-catalog': {
    schema: runtimeCatalogDocument,
    files: ['runtime_catalog.yaml'],
    published: 'runtime-catalog.schema.json',
    title: 'Edges, auxiliary units and remediation',
  },
  layer: {
    schema: layerDocument,
    files: ['instance.yaml', 'overlays/*.yaml'],
    published: 'layer.schema.json',
    title: 'One layer of values',
  },
  'agent-capabilities': {
    schema: agentCapabilitiesDocument,
    files: ['agent_capabilities.yaml'],
    published: 'agent-capabilities.schema.json',
    title: 'What each agent may change',
  },
  'stability-window': {
    schema: stabilityWindowDocument,
    files: ['stability_window.yaml'],
    published: 'stability-window.schema.json',
    title: 'The soak policy',
  },
  'service-manifest': {
    schema: serviceManifestDocument,
    files: ['services/*.yaml'],
    published: 'service-manifest.schema.json',
    title: 'The generated manifest of one service',
  },
  waivers: {
    schema: waiversDocument,
    files: ['~/.sanctum/waivers.yaml'],
    published: 'waivers.schema.json',
    title: 'Findings of this machine that somebody lives with',
  },
  'repo-contract': {
    schema: repoContractDocument,
    files: ['sanctum.contract.yaml'],
    published: 'repo-contract.schema.json',
    title: 'What a repository gives the haus, and what it relies on',
  },
} as const satisfies Record<string, { schema: z.ZodType; files: readonly string[]; published: string; title: string }>

export type DocumentKind = keyof typeof documentKinds
