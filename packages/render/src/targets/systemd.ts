import type { Finding, Haus } from '@sanctum/contracts'
import { toSource, withHashHeader } from '../header.ts'
import type { UnitPlan } from '../plan-unit.ts'
import { judgeUnit, type UnitContext } from '../systemd/judge-unit.ts'
import { toUnitText, type UnitProblem } from '../systemd/to-unit-text.ts'
import { toUnits } from '../systemd/to-units.ts'
import type { UnitFile } from '../systemd/unit-file.ts'
import type { Rendered, Target, TargetInput } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `systemd/<label>.service` and `.timer`, in the words of the version that reads them. */
export const renderSystemd: Target = (input) => {
  const { haus } = input
  const folder = haus.manager.kind === 'systemd-user' ? haus.host.user_units : haus.host.system_units
  if (folder === null) return { drafts: [], findings: [toFolderMissing(haus)] }
  const fallbacks = new Set(input.plans.filter(({ service }) => service.fallback_only).map(({ name }) => `${name}.service`))
  const rendered = input.plans.flatMap((plan) => toUnits(haus, plan).map((unit) => renderUnit(input, plan, unit, { folder, fallbacks })))
  return {
    drafts: rendered.flatMap(({ drafts }) => drafts),
    findings: [...judgeVersion(haus), ...rendered.flatMap(({ findings }) => findings)],
  }
}

const OLDEST = 252

function renderUnit(
  input: TargetInput,
  plan: UnitPlan,
  unit: UnitFile,
  { folder, fallbacks }: { folder: string; fallbacks: ReadonlySet<string> },
): Rendered {
  const { digest, haus } = input
  const { kind, fallback_only, id } = plan.service
  const { text, problems } = toUnitText(unit)
  const context: UnitContext = { domain: plan.domain, kind, fallback_only, fallbacks, version: haus.manager.version ?? OLDEST }
  const findings = [
    ...judgeUnit(unit, context).map((problem) => toFinding(haus, id, problem)),
    // Paths are judged for every target before; here they are only kept out of the unit.
    ...problems.filter(({ code }) => code !== 'PATH_NOT_ABSOLUTE').map((problem) => toUncarried(haus, plan, problem)),
  ]
  if (problems.length > 0) return { drafts: [], findings }
  const isTimer = unit.name.endsWith('.timer')
  return {
    drafts: [
      {
        target: 'systemd',
        subject: id,
        path: `systemd/${unit.name}`,
        publish: `${folder}/${unit.name}`,
        mode: '0644',
        content: withHashHeader(toSource(haus, `services/${id}`), text, digest),
        unit: { name: unit.name, service: id, domain: plan.domain, starts: isTimer || plan.starts },
      },
    ],
    findings,
  }
}

function toUncarried(haus: Haus, plan: UnitPlan, problem: UnitProblem): Finding {
  return toFinding(haus, plan.service.id, {
    code: problem.code,
    message: `${problem.entry.key} of ${plan.service.id} has ${problem.why}: ${excerpt(problem.observed)}.`,
    fix: 'Take that out of the value, or let the service read the value from a file.',
    observed: problem.observed,
    ...(problem.entry.field === undefined ? {} : { field: problem.entry.field }),
  })
}

function judgeVersion(haus: Haus): readonly Finding[] {
  const { version } = haus.manager
  if (version === null || version >= OLDEST) return []
  return [
    toFinding(haus, haus.node.id, {
      code: 'MANAGER_TOO_OLD',
      message: `systemd ${version} is older than ${OLDEST}.`,
      fix: 'Upgrade the operating system; until then read `journalctl` for directives that it ignores.',
    }),
  ]
}

function toFolderMissing(haus: Haus): Finding {
  return toFinding(haus, haus.node.id, {
    code: 'UNIT_FOLDER_MISSING',
    message: `The folder for the units of ${haus.manager.kind} is not known.`,
    fix: 'Give paths.user_units and paths.system_units in the facts of this machine.',
  })
}
