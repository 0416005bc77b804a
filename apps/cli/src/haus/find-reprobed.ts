import { parseDocument } from '@sanctum/catalog'
import type { UnitImpact } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import type { Ports } from '../ports.ts'
import type { RunningHaus } from './load-haus.ts'

/** Services that run on as they are while their probes became others: no restart proves those. */
export async function findReprobed(
  { ports }: CommandContext,
  { haus }: RunningHaus,
  { plan, impact }: { readonly plan: GenerationPlan; readonly impact: readonly UnitImpact[] },
): Promise<string[]> {
  const staying = impact.filter(({ action, service }) => action === 'stay' && hasOtherHealth(ports, plan, service))
  if (staying.length === 0) return []
  const running = new Set((await ports.units(haus).list()).flatMap(({ service, pid }) => (pid === null ? [] : [service])))
  return [...new Set(staying.map(({ service }) => service))].filter((service) => running.has(service))
}

function hasOtherHealth({ generations }: Ports, { seen, surfaces }: GenerationPlan, service: string): boolean {
  const file = `services/${service}.yaml`
  const before = seen.current === null ? null : generations([]).readSurface(seen.current.number, file)
  const after = surfaces.find(({ path }) => path === file)?.content ?? null
  if (before === null || after === null || before === after) return false
  const [old, next] = [before, after].map((text) => parseDocument(text, { file, kind: 'service-manifest' }).value?.health ?? null)
  return JSON.stringify(old) !== JSON.stringify(next)
}
