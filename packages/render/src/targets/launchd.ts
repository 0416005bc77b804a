import type { Finding, Haus } from '@sanctum/contracts'
import { toHeader, toSource } from '../header.ts'
import { judgeJob } from '../launchd/judge-job.ts'
import type { LaunchdJob } from '../launchd/launchd-job.ts'
import { toLaunchdJob } from '../launchd/to-launchd-job.ts'
import { type PlistProblem, toPlist } from '../launchd/to-plist.ts'
import { isArmed, type UnitPlan } from '../plan-unit.ts'
import type { Draft, Target, TargetInput } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `launchd/<label>.plist`: an agent or a daemon per service. */
export const renderLaunchd: Target = (input) => {
  const rendered = input.plans.map((plan) => renderJob(input, plan))
  return { drafts: rendered.flatMap(({ drafts }) => drafts), findings: rendered.flatMap(({ findings }) => findings) }
}

// launchd refuses other modes on newer systems, and says only "error 5".
const MODE = '0644'

function renderJob(input: TargetInput, plan: UnitPlan): { readonly drafts: readonly Draft[]; readonly findings: readonly Finding[] } {
  const { haus } = input
  const job = toLaunchdJob(plan)
  const file = `${plan.name}.plist`
  const { text, problems } = toPlist(job)
  const folder = plan.domain === 'system' ? haus.host.system_units : haus.host.user_units
  const findings = [
    ...judgeJob({
      job: { ...job },
      domain: plan.domain,
      kind: plan.service.kind,
      fallback_only: plan.service.fallback_only,
      file,
      mode: MODE,
    }).map((problem) => toFinding(haus, plan.service.id, { ...problem, message: `${plan.service.id}: ${problem.message}` })),
    ...problems.map((problem) => toUncarried(haus, plan, problem)),
    ...(folder === null ? [toFolderMissing(haus, plan)] : []),
  ]
  if (problems.length > 0 || folder === null) return { drafts: [], findings }
  return { drafts: [toDraft(input, plan, job, text, `${folder}/${file}`)], findings }
}

function toDraft({ digest, haus }: TargetInput, plan: UnitPlan, job: LaunchdJob, text: string, publish: string): Draft {
  const [made, sum] = toHeader(toSource(haus, `services/${plan.service.id}`), text, digest)
  return {
    target: 'launchd',
    subject: plan.service.id,
    path: `launchd/${plan.name}.plist`,
    publish,
    mode: MODE,
    content: text.replace('<plist ', () => `<!-- ${made} -->\n<!-- ${sum} -->\n<plist `),
    unit: { name: job.Label, service: plan.service.id, domain: plan.domain, starts: isArmed(plan) },
  }
}

function toUncarried(haus: Haus, plan: UnitPlan, problem: PlistProblem): Finding {
  return toFinding(haus, plan.service.id, {
    code: problem.code,
    message: `${problem.key} of ${plan.service.id} has ${problem.why}: ${excerpt(problem.observed)}.`,
    fix: 'Take that out of the value, or let the service read the value from a file.',
    field: fieldOf[problem.key] ?? 'run',
    observed: problem.observed,
  })
}

const fieldOf: Readonly<Record<string, string>> = {
  ProgramArguments: 'run/command',
  EnvironmentVariables: 'run/env',
  WorkingDirectory: 'run/cwd',
  UserName: 'run/user',
  Label: 'label',
  StandardOutPath: 'logs/stdout',
  StandardErrorPath: 'logs/stderr',
}

function toFolderMissing(haus: Haus, plan: UnitPlan): Finding {
  return toFinding(haus, plan.service.id, {
    code: 'UNIT_FOLDER_MISSING',
    message: `${plan.service.id} is in the ${plan.domain} domain, and the folder for its plists is not known.`,
    fix: `Give paths.${plan.domain}_units in the facts, or change the domain of ${plan.service.id}.`,
    field: 'domain',
  })
}
