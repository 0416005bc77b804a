import {
  type Finding,
  type LayerDocument,
  layerDocument,
  type NodeEntry,
  type Origin,
  type Profile,
  profile as profileSchema,
} from '@sanctum/contracts'
import { toDefaultLayer } from './built-in/default-layer.ts'
import { osLayers } from './built-in/os-layers.ts'
import { profileLayers } from './built-in/profile-layers.ts'
import { judgeLayers } from './judge-layers.ts'
import { type StackedLayer, toBuiltInLayer, toDefinitionLayer, toStackedLayer } from './layer-stack.ts'
import { mergeBySchema, rankAt } from './merge-by-schema.ts'
import { mergeServices } from './merge-services.ts'
import type { MergedHost } from './merged-host.ts'
import { toPointer } from './pointer.ts'
import type { ResolveInput } from './resolve-input.ts'
import { resolveNode } from './resolve-node.ts'

export type HostMerge =
  | { readonly kind: 'merged'; readonly host: MergedHost }
  | { readonly kind: 'undecided'; readonly findings: readonly Finding[] }

/** Lays the layers over each other, lowest first: default, os, profile, catalog, overlay, machine, environment, flag. */
export function mergeHost(input: ResolveInput): HostMerge {
  const { catalog, facts } = input
  const own = toStackedLayer(catalog.instance)
  const above = [input.machine, input.environment, input.flags].flatMap((layer) => (layer ? [toStackedLayer(layer)] : []))
  const choice = resolveNode([own, ...above], facts, input.node)
  if (choice.kind === 'undecided') return choice

  const overlay = Object.hasOwn(catalog.overlays, choice.id) ? catalog.overlays[choice.id] : undefined
  const given = [toDefinitionLayer(catalog), own, ...(overlay ? [toStackedLayer(overlay)] : []), ...above]
  const profile = readProfile(given)
  const stack = [
    toBuiltInLayer('default', 'the built-in defaults', toDefaultLayer(facts)),
    toBuiltInLayer('os', `the built-in table for ${facts.os.family}`, osLayers[facts.os.family](facts)),
    toBuiltInLayer('profile', `the install profile ${profile}`, profileLayers[profile]),
    ...given,
  ]
  const merged = mergeBySchema(
    layerDocument,
    stack.map(({ layer, document }, rank) => ({ rank, layer, value: document })),
  )
  const document = merged.value as LayerDocument
  const originOf = (path: readonly string[]): Origin => (stack[rankAt(merged.provenance, path)] as StackedLayer).originAt(toPointer(path))
  const { services, findings } = mergeServices(stack, catalog, facts)
  const entry = document.nodes?.[choice.id] as NodeEntry
  const host = { facts, stack, node: { id: choice.id, entry }, profile, document, provenance: merged.provenance, services, originOf }
  return { kind: 'merged', host: { ...host, findings: [...findings, ...judgeLayers(host, catalog)] } }
}

/** The profile decides about a layer below the ones that name it, so it is read first. */
function readProfile(layers: readonly StackedLayer[]): Profile {
  const said = layers.findLast(({ document }) => document.profile !== undefined)?.document.profile
  const parsed = profileSchema.safeParse(said)
  return parsed.success ? parsed.data : 'standard'
}
