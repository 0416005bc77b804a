import { type Catalog, type Finding, sortFindings } from '@sanctum/contracts'
import { lintAgents } from './lint/agents.ts'
import { lintBackends } from './lint/backends.ts'
import { lintCapacity } from './lint/capacity.ts'
import { lintDependencies } from './lint/dependencies.ts'
import { lintKinds } from './lint/kinds.ts'
import { lintLabels } from './lint/labels.ts'
import { lintNodes } from './lint/nodes.ts'
import { lintPlaceholders } from './lint/placeholders.ts'
import { lintPorts } from './lint/ports.ts'
import { lintProbes } from './lint/probes.ts'
import { lintReferences } from './lint/references.ts'
import { lintRetirement } from './lint/retirement.ts'
import { lintTimezones } from './lint/time-zones.ts'
import { createView, type Draft, type View } from './lint/view.ts'

/** Every finding about the meaning of a catalog whose files are all in order. */
export function lintCatalog(catalog: Catalog): Finding[] {
  return sortFindings(lintDraft({ catalog, whole: true, declared: new Set(), open: new Set() }))
}

/** The same for a catalog of which parts could not be read. */
export function lintDraft(draft: Draft): Finding[] {
  const view = createView(draft)
  return rules.flatMap((rule) => rule(view))
}

const rules: readonly ((view: View) => Finding[])[] = [
  lintReferences,
  lintAgents,
  lintPlaceholders,
  lintDependencies,
  lintRetirement,
  lintNodes,
  lintPorts,
  lintLabels,
  lintProbes,
  lintKinds,
  lintBackends,
  lintCapacity,
  lintTimezones,
]
