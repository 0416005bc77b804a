import { compareText, type Finding, type Haus, type Loss, type Surface, sortFindings } from '@sanctum/contracts'
import type { Digest } from './header.ts'
import { judgeFields, toUnitTarget } from './judge-fields.ts'
import { judgePaths } from './judge-path.ts'
import { judgeSecrets } from './judge-secrets.ts'
import { judgeLabels, judgeService } from './judge-service.ts'
import { type Planned, planUnit, type UnitPlan } from './plan-unit.ts'
import { type HausTarget, targets } from './targets.ts'
import { toFinding } from './to-finding.ts'

export interface RenderOptions {
  readonly digest: Digest
  /** Only these kinds of files; all of them by default. */
  readonly targets?: readonly HausTarget[]
  /** Where the JSON Schemas of the documents lie. */
  readonly schemas?: string
}

export interface Rendering {
  /** In order of their paths. A surface that a finding stops is left out. */
  readonly surfaces: readonly Surface[]
  /** What the service manager here cannot say, and what became of it. */
  readonly losses: readonly Loss[]
  readonly findings: readonly Finding[]
}

const PUBLISHED_SCHEMAS = 'https://unpkg.com/@sanctum/contracts/schemas'

/**
 * Every generated file of one node. The same haus gives the same bytes, whatever the machine, its time zone or its
 * language. Nothing is altered to fit: a value that a file cannot carry is a finding.
 */
export function renderHaus(haus: Haus, options: RenderOptions): Rendering {
  const services = Object.values(haus.services).sort((a, b) => compareText(a.id, b.id))
  const planned = services.map((service) => ({ service, planned: planUnit(haus, service) }))
  const plans = planned.flatMap(({ planned: each }) => (each.kind === 'unit' ? [each.plan] : []))
  const judged = judgeUnits(haus, plans)
  const rendered = renderTargets(haus, plans, options)
  const { findings: unsafe, safe } = judgePaths(haus, toSurfaces(rendered.drafts, options.digest))
  return {
    surfaces: safe,
    losses: [...judged.losses, ...planned.flatMap(({ planned: each, service }) => toContainerLoss(haus, service.id, each))],
    findings: sortFindings([
      ...planned.flatMap(({ planned: each, service }) => (each.kind === 'problem' ? [toFinding(haus, service.id, each.problem)] : [])),
      ...judged.findings,
      ...withoutRepeats(rendered.findings, judged.findings),
      ...unsafe,
      ...judgeSecrets(haus, safe),
    ]),
  }
}

function judgeUnits(haus: Haus, plans: readonly UnitPlan[]): { readonly losses: readonly Loss[]; readonly findings: readonly Finding[] } {
  const target = toUnitTarget(haus)
  const fields = plans.map(({ service }) => judgeFields(haus, service, target))
  return {
    losses: fields.flatMap(({ losses }) => losses),
    findings: [
      ...plans.flatMap((plan) => judgeService(haus, plan)),
      ...judgeLabels(haus, plans),
      ...fields.flatMap(({ findings }) => findings),
    ],
  }
}

function renderTargets(haus: Haus, plans: readonly UnitPlan[], { digest, schemas = PUBLISHED_SCHEMAS, targets: wanted }: RenderOptions) {
  const rendered = Object.entries(targets)
    .filter(([name, { managers }]) => (wanted?.includes(name as HausTarget) ?? true) && (managers?.includes(haus.manager.kind) ?? true))
    .map(([, { render }]) => render({ haus, plans, digest, schemas }))
  return { drafts: rendered.flatMap(({ drafts }) => drafts), findings: rendered.flatMap(({ findings }) => findings) }
}

function toSurfaces(drafts: readonly Omit<Surface, 'digest'>[], digest: Digest): readonly Surface[] {
  return drafts.map((draft) => ({ ...draft, digest: digest(draft.content) }))
}

/** What a lint of the finished unit finds once more needs to be said once. */
function withoutRepeats(findings: readonly Finding[], said: readonly Finding[]): readonly Finding[] {
  const known = new Set(said.filter(({ code }) => code !== 'VALUE_NOT_CARRIED').map(({ code, subject }) => `${code} ${subject}`))
  return findings.filter(({ code, subject }) => !known.has(`${code} ${subject}`))
}

function toContainerLoss(haus: Haus, service: string, planned: Planned): readonly Loss[] {
  if (planned.kind !== 'problem' || planned.problem.code !== 'CONTAINER_RUNTIME_MISSING') return []
  return [
    {
      service,
      field: 'container',
      target: toUnitTarget(haus),
      outcome: 'impossible',
      how: 'no container runtime was found here, so it has no unit',
    },
  ]
}
