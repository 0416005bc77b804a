import type { Catalog, Finding, Haus } from '@sanctum/contracts'
import { type ResolveInput, resolveHost } from '@sanctum/host-resolver'
import { buildFacts } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'

export function toInput(catalog: Catalog, rest: Partial<ResolveInput> = {}): ResolveInput {
  return { catalog, facts: buildFacts(), digest: sha256, ...rest }
}

/** The Haus, or an error that shows the findings. */
export function resolve(catalog: Catalog, rest: Partial<ResolveInput> = {}): Haus {
  const resolution = resolveHost(toInput(catalog, rest))
  if (resolution.kind === 'invalid') throw new Error(resolution.findings.map(({ code, message }) => `${code} ${message}`).join('\n'))
  return resolution.haus
}

export function findingsOf(catalog: Catalog, rest: Partial<ResolveInput> = {}): readonly Finding[] {
  return resolveHost(toInput(catalog, rest)).findings
}
