import { type EmbeddedUnit, embeddedUnit, type Finding, type Haus, type ResolvedService } from '@sanctum/contracts'
import { toSorted } from '../documents/to-sorted.ts'
import { toSource } from '../header.ts'
import { judgeText, LONGEST_WORD_BYTES } from '../judge-text.ts'
import { hasUnit, isArmed, type UnitPlan } from '../plan-unit.ts'
import { toFullMoment } from '../systemd/to-calendar.ts'
import type { Rendered, Target, TargetInput } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `embedded/<id>.json`: what Sanctum's own supervisor reads where neither launchd nor systemd runs. */
export const renderEmbedded: Target = (input) => {
  const rendered = input.plans.map((plan) => renderUnit(input, plan))
  return { drafts: rendered.flatMap(({ drafts }) => drafts), findings: rendered.flatMap(({ findings }) => findings) }
}

function renderUnit({ digest, haus }: TargetInput, plan: UnitPlan): Rendered {
  const { id } = plan.service
  const parsed = embeddedUnit.safeParse(toSorted(toBody(haus, plan)))
  const findings = [...judgeTexts(haus, plan), ...(parsed.success ? [] : parsed.error.issues.map((issue) => toInvalid(haus, id, issue)))]
  if (!parsed.success || findings.length > 0) return { drafts: [], findings }
  const { digest: _digest, source: _source, ...body } = parsed.data
  const { schema_version, ...rest } = body
  const unit: EmbeddedUnit = { schema_version, source: toSource(haus, `services/${id}`), digest: digest(JSON.stringify(body)), ...rest }
  return {
    drafts: [
      {
        target: 'embedded',
        subject: id,
        path: `embedded/${id}.json`,
        publish: null,
        mode: '0644',
        content: `${JSON.stringify(unit, null, 2)}\n`,
        unit: { name: plan.name, service: id, domain: plan.domain, starts: isArmed(plan) },
      },
    ],
    findings,
  }
}

/** Without source and digest yet, which are taken over the rest. */
function toBody(haus: Haus, plan: UnitPlan): EmbeddedUnit {
  const { service } = plan
  return {
    schema_version: 1,
    source: '',
    digest: '',
    service: service.id,
    unit: plan.name,
    title: service.title,
    kind: service.kind,
    command: [...plan.command],
    cwd: plan.cwd,
    env: { ...plan.env },
    stdout: service.logs.stdout,
    stderr: service.logs.stderr,
    starts: plan.starts,
    restart: service.restart,
    stop: service.stop,
    reload_signal: service.run?.reload_signal ?? null,
    requires: service.requires
      .filter((edge) => edge.here && hasUnit(haus, edge.service))
      .map(({ running, service: required, strength }) => ({ service: required, strength, running })),
    start_timeout_s: service.start_timeout_s,
    readiness: (service.health.readiness ?? null) as EmbeddedUnit['readiness'],
    schedule: toSchedule(service),
    waits_for_paths: [...service.waits_for_paths],
    ports: service.provides.map(({ address, port, protocol }) => ({ port, protocol, address })),
  }
}

function toSchedule({ fallback_only, schedule }: ResolvedService): EmbeddedUnit['schedule'] {
  if (schedule === null || fallback_only) return null
  if (schedule.kind === 'every') return { every_s: schedule.every_s, at_load: schedule.at_load }
  return { at: schedule.at.map(toFullMoment), catch_up: schedule.catch_up }
}

/** JSON carries any text, but the system call that starts a program does not. */
function judgeTexts(haus: Haus, plan: UnitPlan): readonly Finding[] {
  const texts: readonly (readonly [string, string])[] = [
    ...plan.command.map((word) => ['run/command', word] as const),
    ...Object.entries(plan.env).map(([name, value]) => [`run/env/${name}`, `${name}=${value}`] as const),
    ['run/cwd', plan.cwd],
  ]
  return texts.flatMap(([field, text]) => {
    const problem = judgeText(text, 'process', LONGEST_WORD_BYTES)
    if (problem === null) return []
    const message = `${field} of ${plan.service.id} has ${problem.why}: ${excerpt(text)}.`
    const fix = 'Take that out of the value, or let the service read the value from a file.'
    return [toFinding(haus, plan.service.id, { code: problem.code, message, fix, field, observed: text })]
  })
}

function toInvalid(
  haus: Haus,
  service: string,
  { message, path }: { readonly message: string; readonly path: readonly PropertyKey[] },
): Finding {
  return toFinding(haus, service, {
    code: 'DOCUMENT_NOT_VALID',
    message: `The embedded unit of ${excerpt(service)} does not fit its schema at ${excerpt(path.map(String).join('/'))}: ${message}.`,
    fix: `Correct that field of ${excerpt(service)} in the catalog.`,
  })
}
