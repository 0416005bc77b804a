import type { Finding, Haus, LayerName, Loss, ResolvedService } from '@sanctum/contracts'
import { type CapabilityField, capabilityTable, type Support, type UnitTarget } from './capability-table.ts'
import { fieldUses } from './field-uses.ts'
import { toFinding } from './to-finding.ts'

/** What the target of this host cannot say of a service: emulated, waived, or impossible. */
export function judgeFields(
  haus: Haus,
  service: ResolvedService,
  target: UnitTarget,
): { readonly losses: readonly Loss[]; readonly findings: readonly Finding[] } {
  const losses: Loss[] = []
  const findings: Finding[] = []
  for (const field of Object.keys(capabilityTable) as CapabilityField[]) {
    const support: Support = capabilityTable[field][target]
    if (support.kind === 'exact' || !fieldUses[field](service, haus)) continue
    const waiver = support.kind === 'impossible' ? waiverOf(service, field) : null
    losses.push(toLoss(service, field, target, support, waiver))
    if (support.kind === 'impossible' && waiver === null && isAskedFor(haus, service, field))
      findings.push(toImpossible(haus, service, field, target, support.how))
  }
  return { losses, findings }
}

/** The unit target of a host; an unknown version of systemd counts as the oldest that is supported. */
export function toUnitTarget({ manager }: Haus): UnitTarget {
  if (manager.kind === 'launchd' || manager.kind === 'embedded') return manager.kind
  const age = (manager.version ?? 0) >= 254 ? '254' : '252'
  return manager.kind === 'systemd-user' ? `systemd-user-${age}` : `systemd-${age}`
}

interface Waiver {
  readonly reason: string
  readonly owner: string
}

/** A waiver for a field, or for the group that it is in. */
function waiverOf(service: ResolvedService, field: CapabilityField): Waiver | null {
  const path = pathOf(field)
  const group = path.split('.')[0] ?? path
  return service.waivers[path] ?? service.waivers[group] ?? (group === 'sandbox' ? service.sandbox.waiver : null)
}

function toLoss(
  service: ResolvedService,
  field: CapabilityField,
  target: UnitTarget,
  support: Exclude<Support, { kind: 'exact' }>,
  waiver: Waiver | null,
): Loss {
  return {
    service: service.id,
    field,
    target,
    outcome: waiver === null ? support.kind : 'waived',
    how: waiver === null ? support.how : `${support.how}; waived by ${waiver.owner}: ${waiver.reason}`,
  }
}

const unasked: ReadonlySet<LayerName | 'fact' | undefined> = new Set(['default', 'os', 'profile', 'fact'])

/** What nobody wrote but a default asks for is shown as a loss and stops nothing. */
function isAskedFor(haus: Haus, service: ResolvedService, field: CapabilityField): boolean {
  return !unasked.has(haus.origins[`/services/${service.id}/${pathOf(field).replaceAll('.', '/')}`]?.layer)
}

function toImpossible(haus: Haus, service: ResolvedService, field: CapabilityField, target: UnitTarget, how: string): Finding {
  return toFinding(haus, service.id, {
    code: 'FIELD_IMPOSSIBLE',
    message: `${service.id} asks for ${field.replace(':', ' = ')}, and ${target} cannot do it: ${how}.`,
    fix: `Take the field out, or write in the catalog: services.${service.id}.waivers: { ${pathOf(field)}: { reason: "...", owner: "..." } }`,
    field: pathOf(field).replaceAll('.', '/'),
  })
}

function pathOf(field: CapabilityField): string {
  return field.split(':')[0] as string
}
