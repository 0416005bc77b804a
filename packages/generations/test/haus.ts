import type { Finding, Surface, UnitImpact } from '@sanctum/contracts'
import { type GenerationPlan, type Making, planGeneration } from '@sanctum/generations'
import type { Generations, Recovery } from '@sanctum/generations/node'
import { buildSurface } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'

/** The home and the folder of units of a machine that is only in memory. */
export const home = '/home/neo/.sanctum'
export const units = '/home/neo/.config/systemd/user'

export const making: Making = {
  node: 'hub',
  createdAt: '2026-11-27T08:00:00.000Z',
  madeFrom: { catalog: 'c'.repeat(64), facts: 'f'.repeat(64), sanctum: '0.1.0' },
  haus: '{"schema_version":1}\n',
}

export function file(path: string, content: string, overrides: Partial<Surface> = {}): Surface {
  return buildSurface(sha256, { path, content, subject: path, ...overrides })
}

/** A unit file that is published in `units`. */
export function unit(
  units: string,
  service: string,
  content: string,
  { starts = true, ...overrides }: Partial<Surface> & { starts?: boolean } = {},
): Surface {
  const name = `com.sanctum.${service}`
  return file(`systemd/${name}.service`, content, {
    target: 'systemd',
    subject: service,
    publish: `${units}/${name}.service`,
    unit: { name: `${name}.service`, service, domain: 'user', starts },
    ...overrides,
  })
}

/** What a home holds before a change: units and files, one of which the change retires. */
export function firstSet(units: string): Surface[] {
  return [
    unit(units, 'voice', 'voice 1'),
    unit(units, 'router', 'router 1'),
    unit(units, 'old', 'old 1'),
    file('services/voice.yaml', 'voice: 1'),
    file('bin/with-secrets', '#!/bin/sh', { mode: '0755', target: 'programs' }),
  ]
}

/** What it holds after: something stays, changes, goes and comes. */
export function secondSet(units: string): Surface[] {
  return [
    unit(units, 'voice', 'voice 2'),
    unit(units, 'router', 'router 1'),
    unit(units, 'fresh', 'fresh 2'),
    file('services/voice.yaml', 'voice: 2'),
    file('config/agent-capabilities.yaml', 'agents: {}'),
  ]
}

export interface Applied {
  readonly recovery: Recovery
  readonly plan: GenerationPlan
  readonly findings: readonly Finding[]
  readonly impact: readonly UnitImpact[]
}

/** One whole run as the command line makes it, without the units. */
export async function apply(
  generations: Generations,
  wanted: readonly Surface[],
  { force = false, settle = true, committed = () => {} }: { force?: boolean; settle?: boolean; committed?: (number: number) => void } = {},
): Promise<Applied> {
  const recovery = await generations.recover()
  const plan = planGeneration({ wanted, seen: generations.observe(wanted), force })
  const findings: Finding[] = [...plan.findings]
  if (plan.writes) {
    committed(await generations.commit(plan, making))
    findings.push(...(await generations.publish()))
  }
  if (settle) await generations.settle()
  return { recovery, plan, findings, impact: plan.impact.filter(({ action }) => action !== 'stay') }
}
